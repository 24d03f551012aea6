import { useState } from "preact/hooks";
import { t as app } from "../lib/i18n/index.ts";
import { go } from "../lib/route.ts";
import { me, words } from "../lib/store.ts";
import { PersonLine } from "../people/person-line.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Question } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { members, removeMember, ROLES, setMember, type Member, type Role } from "./calls.ts";
import { type Place } from "./registry.ts";
import { useRead } from "./read.ts";
import { Select } from "./select.tsx";
import { forget } from "./store.ts";
import { Waiting } from "./waiting.tsx";
import { t } from "./words.ts";

/** Who acts for the business. Owners give and take roles; anybody may leave. */
const Team: Place = ({ business }) => {
  const read = useRead(async () => (await members(business.id)).data);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const task = useTask();
  const owns = business.role === "owner";
  const people = read.told;
  const learn = (member: Member) => {
    const others = people!.some(({ person }) => person.id === member.person.id) ? people! : [...people!, member];
    read.set(others.map((one) => (one.person.id === member.person.id ? member : one)));
  };
  const change = (member: Member, role: Role) =>
    void task.run(async () => learn(await setMember(business.id, member.person.handle, role)));
  const remove = (member: Member) =>
    void task.run(async () => {
      setLeaving(null);
      await removeMember(business.id, member.person.handle);
      if (!isMe(member)) return read.set(people!.filter((one) => one !== member));
      forget(business.id);
      go("/business");
    });
  return (
    <div class="screen">
      <header class="bar">
        <h1>{t("business.team")}</h1>
      </header>
      <div class="scroll" tabIndex={0}>
        {people === null ? (
          <Waiting read={read} />
        ) : (
          <ul class="list">
            {people.map((member) => (
              <li key={member.person.id}>
                <PersonLine person={member.person}>
                  {owns ? (
                    <Select
                      label={t("business.role_of", { name: member.person.name })}
                      value={member.role}
                      options={ROLES.map((role) => [role, t(`business.role_${role}`)])}
                      onValue={(role) => change(member, role)}
                    />
                  ) : (
                    <span>{t(`business.role_${member.role}`)}</span>
                  )}
                  {(owns || isMe(member)) && (
                    <Button
                      onClick={() => setLeaving(member)}
                      aria-label={isMe(member) ? undefined : t("business.remove_whom", { name: member.person.name })}
                    >
                      {t(isMe(member) ? "business.leave" : "business.remove")}
                    </Button>
                  )}
                </PersonLine>
              </li>
            ))}
          </ul>
        )}
        {owns && people && <Add businessId={business.id} onAdded={learn} />}
      </div>
      {leaving && (
        <Question
          title={isMe(leaving) ? t("business.leave_what", { name: business.name }) : t("business.remove_whom", { name: leaving.person.name })}
          yes={t(isMe(leaving) ? "business.leave" : "business.remove")}
          danger
          onYes={() => remove(leaving)}
          onNo={() => setLeaving(null)}
        >
          {t(isMe(leaving) ? "business.leave_why" : "business.remove_why")}
        </Question>
      )}
    </div>
  );
};

const isMe = ({ person }: Member): boolean => person.id === me.value.id;

function Add({ businessId, onAdded }: { businessId: string; onAdded: (member: Member) => void }) {
  const [handle, setHandle] = useState("");
  const [role, setRole] = useState<Role>("analyst");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const submit = (event: Event) => {
    event.preventDefault();
    const who = handle.trim().replace(/^@/, "").toLowerCase();
    if (!who) return setProblem(app("sign.needs_handle"));
    setProblem("");
    void task.run(async () => {
      onAdded(await setMember(businessId, who, role));
      setHandle("");
    });
  };
  return (
    <section>
      <h2>{t("business.add")}</h2>
      <form class="form padded" onSubmit={submit} noValidate>
        <Field
          label={app("sign.handle")}
          error={problem}
          value={handle}
          onValue={setHandle}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
        />
        <Select
          label={t("business.role")}
          hint={t(`business.may_${role}`)}
          value={role}
          options={ROLES.map((one) => [one, t(`business.role_${one}`)])}
          onValue={setRole}
        />
        <Button type="submit" busy={task.busy}>
          {t("business.add_do")}
        </Button>
      </form>
    </section>
  );
}

export default Team;
