/** Bars or lines, where people would rather look than read; and the same as a table, for whoever would rather read. */
import { useId, useState } from "preact/hooks";
import { scaleOf, share, written, type Scale } from "./scale.ts";
import { t } from "./words.ts";

export interface Series {
  name: string;
  values: readonly number[];
}

interface Props {
  title: string;
  kind: "bars" | "lines";
  /** What each value is of, in full, such as a day; and short, for below the picture. */
  labels: readonly string[];
  short?: readonly string[];
  /** Up to four; each has as many values as there are labels. */
  series: readonly Series[];
  /** A value in words, such as an amount of money. */
  format: (value: number) => string;
}

const [WIDTH, HEIGHT] = [640, 220];
const PLOT = { left: 84, top: 12, right: 8, bottom: 26 };
const LABELS_MOST = 6;

export function Chart({ title, kind, labels, short = labels, series, format }: Props) {
  const [asTable, setTable] = useState(false);
  const heading = useId();
  if (labels.length === 0)
    return (
      <figure class="chart">
        <figcaption>{title}</figcaption>
        <p class="muted">{t("chart.none")}</p>
      </figure>
    );
  const scale = scaleOf(series.flatMap(({ values }) => values));
  const where = { x: xOf(labels.length), y: yOf(scale) };
  const Marks = kind === "bars" ? Bars : Lines;
  return (
    <figure class="chart" aria-labelledby={heading}>
      <figcaption>
        <span id={heading}>{title}</span>
        <button type="button" class="link" onClick={() => setTable(!asTable)}>
          {t(asTable ? "chart.as_picture" : "chart.as_table")}
        </button>
      </figcaption>
      {!asTable && (
        <>
          {series.length > 1 && <Legend series={series} kind={kind} />}
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
            <Grid scale={scale} y={where.y} format={format} />
            {short.map(
              (label, place) =>
                written(labels.length, LABELS_MOST)(place) && (
                  <text key={place} class="chart-label" x={where.x(place)} y={HEIGHT - 6} text-anchor="middle">
                    {label}
                  </text>
                ),
            )}
            <Marks series={series} labels={labels} format={format} {...where} />
          </svg>
        </>
      )}
      <div class={asTable ? "table-box" : "heard"} tabIndex={asTable ? 0 : undefined}>
        <Table title={title} labels={labels} series={series} format={format} />
      </div>
    </figure>
  );
}

type Where = { x: (place: number) => number; y: (value: number) => number };
type MarkProps = Where & Pick<Props, "series" | "labels" | "format">;

const xOf = (n: number) => (place: number) => PLOT.left + ((place + 0.5) * (WIDTH - PLOT.left - PLOT.right)) / n;
const yOf = (scale: Scale) => (value: number) =>
  HEIGHT - PLOT.bottom - share(scale, value) * (HEIGHT - PLOT.top - PLOT.bottom);

function Grid({ scale, y, format }: { scale: Scale; y: Where["y"]; format: Props["format"] }) {
  return (
    <>
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line class={tick === 0 ? "chart-zero" : "chart-grid"} x1={PLOT.left} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
          <text class="chart-label" x={PLOT.left - 8} y={y(tick) + 4} text-anchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
    </>
  );
}

function Bars({ series, labels, format, x, y }: MarkProps) {
  const room = ((WIDTH - PLOT.left - PLOT.right) / labels.length) * 0.8;
  const width = Math.min(room / series.length, 36);
  return (
    <>
      {series.map(({ name, values }, n) =>
        values.map((value, place) => (
          <rect
            key={`${n} ${place}`}
            class={`chart-bar tone-${n}`}
            x={x(place) + (n - series.length / 2) * width}
            y={Math.min(y(value), y(0))}
            width={Math.max(1, width - 1)}
            height={Math.abs(y(value) - y(0))}
          >
            <title>{`${labels[place]} · ${name}: ${format(value)}`}</title>
          </rect>
        )),
      )}
    </>
  );
}

function Lines({ series, labels, format, x, y }: MarkProps) {
  return (
    <>
      {series.map(({ name, values }, n) => (
        <g key={n}>
          <polyline
            class={`chart-line tone-${n}`}
            points={values.map((value, place) => `${x(place)},${y(value)}`).join(" ")}
          />
          {values.map((value, place) => (
            <circle key={place} class={`chart-dot tone-${n}`} cx={x(place)} cy={y(value)} r={3}>
              <title>{`${labels[place]} · ${name}: ${format(value)}`}</title>
            </circle>
          ))}
        </g>
      ))}
    </>
  );
}

function Legend({ series, kind }: Pick<Props, "series" | "kind">) {
  return (
    <ul class="chart-legend" aria-hidden="true">
      {series.map(({ name }, n) => (
        <li key={name}>
          <svg width="22" height="12">
            {kind === "bars" ? (
              <rect class={`chart-bar tone-${n}`} x="5" width="12" height="12" />
            ) : (
              <line class={`chart-line tone-${n}`} x1="1" x2="21" y1="6" y2="6" />
            )}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Table({ title, labels, series, format }: Pick<Props, "title" | "labels" | "series" | "format">) {
  return (
    <table class="table">
      <caption class="heard">{title}</caption>
      <thead>
        <tr>
          <td />
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {labels.map((label, place) => (
          <tr key={place}>
            <th scope="row">{label}</th>
            {series.map(({ name, values }) => (
              <td key={name} class="figure">
                {format(values[place] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
