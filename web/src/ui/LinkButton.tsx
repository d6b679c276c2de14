import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";
import css from "./Button.module.css";
import { Icon, type IconName } from "./icons";

type Props = AnchorHTMLAttributes<HTMLAnchorElement> & {
  ref?: Ref<HTMLAnchorElement>;
  look?: "plain" | "primary" | "bare";
  icon?: IconName;
};

/** A link that looks like a button. */
export const LinkButton = createLink(function Anchor({
  look = "plain",
  icon,
  children,
  ...rest
}: Props) {
  return (
    <a {...rest} className={css.button} data-look={look}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
});
