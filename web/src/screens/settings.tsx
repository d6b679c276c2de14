import { createRoute } from "@tanstack/react-router";
import { useMeta } from "../live/hooks";
import { root } from "../root";
import { type Settings, settings, useSettings } from "../settings";
import { CopyButton } from "../ui/Copy";
import { bytes, count } from "../ui/format";
import css from "./settings.module.css";

export const settingsRoute = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: SettingsScreen,
});

function SettingsScreen() {
  const s = useSettings();
  const meta = useMeta();
  return (
    <div className={css.page}>
      <h1 className={css.title}>Settings</h1>
      <section className={css.section}>
        <h2>Appearance</h2>
        <Choice name="theme" label="Theme" of={["system", "dark", "light"]} now={s.theme} />
        <Choice name="density" label="Rows" of={["normal", "compact"]} now={s.density} />
        <Switch name="relativeTimes" label="Times as “2 min ago”" now={s.relativeTimes} />
      </section>
      <section className={css.section}>
        <h2>Keyboard</h2>
        <Switch name="singleKeys" label="Single letters are shortcuts" now={s.singleKeys} />
      </section>
      {meta && (
        <section className={css.section}>
          <h2>This server</h2>
          <dl className={css.facts}>
            <Fact name="Project" text={meta.project} />
            <Fact name="Endpoint" text={meta.endpoint} />
            <Fact name="rivet" text={meta.version} />
            <Fact name="Code" text={meta.code} />
            <Fact name="Run" text={meta.instance} />
            <Fact
              name="History kept"
              text={`${count(meta.limits.historyEntries)} entries an actor, ${bytes(meta.limits.historyBytes)} in all`}
            />
            <Fact name="Changes" text={meta.readOnly ? "refused: read-only" : "allowed"} />
          </dl>
        </section>
      )}
    </div>
  );
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <div className={css.fact}>
      <dt>{name}</dt>
      <dd>
        <code>{text || "none"}</code>
        {text && <CopyButton text={text} label={`Copy ${name}`} />}
      </dd>
    </div>
  );
}

function Choice<K extends "theme" | "density">({
  name,
  label,
  of,
  now,
}: {
  name: K;
  label: string;
  of: readonly Settings[K][];
  now: Settings[K];
}) {
  return (
    <fieldset className={css.choice}>
      <legend>{label}</legend>
      {of.map((v) => (
        <label key={v}>
          <input
            type="radio"
            name={name}
            checked={v === now}
            onChange={() => settings.set({ [name]: v })}
          />
          {v}
        </label>
      ))}
    </fieldset>
  );
}

function Switch({
  name,
  label,
  now,
}: {
  name: "singleKeys" | "relativeTimes";
  label: string;
  now: boolean;
}) {
  return (
    <label className={css.switch}>
      <input
        type="checkbox"
        checked={now}
        onChange={(e) => settings.set({ [name]: e.target.checked })}
      />
      {label}
    </label>
  );
}
