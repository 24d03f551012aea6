"""The platform: who is billed, who sells, who embeds."""
