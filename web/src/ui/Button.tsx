import type { ButtonHTMLAttributes, ReactNode } from "react";
import css from "./Button.module.css";
import { Icon, type IconName } from "./icons";

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className"> & {
  /** primary: the one filled button of a screen. */
  look?: "plain" | "primary" | "danger" | "bare";
  icon?: IconName;
  /** Of a button with an icon alone. */
  label?: string | undefined;
  children?: ReactNode;
};

/** A button; with an icon alone it needs a label. */
export function Button({ look = "plain", icon, label, children, title, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={css.button}
      data-look={look}
      data-icon={icon && !children ? "" : undefined}
      aria-label={label}
      title={title ?? label}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
