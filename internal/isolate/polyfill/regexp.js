// RegExp with \p{…} and the flags v and d, which goja gets wrong. Patterns that
// need none of them go straight to goja. The others are translated; a leading
// (?<=) makes goja use the engine that knows Unicode properties.
(function (host) {
  "use strict";
  const Native = globalThis.RegExp;
  const meta = new WeakMap(); // translated regexp → { source, flags }
  const cache = new Map();
  const expand = {
    ASCII: "\\x00-\\x7F",
    Any: "\\s\\S",
    Assigned: "\\P{Cn}",
    Alphabetic: "\\p{L}\\p{Nl}\\p{Other_Alphabetic}",
    Lowercase: "\\p{Ll}\\p{Other_Lowercase}",
    Uppercase: "\\p{Lu}\\p{Other_Uppercase}",
    ID_Start: "\\p{L}\\p{Nl}\\p{Other_ID_Start}",
    ID_Continue: "\\p{L}\\p{Nl}\\p{Other_ID_Start}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}\\p{Other_ID_Continue}",
    Cased: "\\p{Lu}\\p{Ll}\\p{Lt}\\p{Other_Lowercase}\\p{Other_Uppercase}",
    Math: "\\p{Sm}\\p{Other_Math}",
  };
  expand.XID_Start = expand.IDS = expand.XIDS = expand.ID_Start;
  expand.XID_Continue = expand.IDC = expand.XIDC = expand.ID_Continue;
  expand.Alpha = expand.Alphabetic;
  expand.Lower = expand.Lowercase;
  expand.Upper = expand.Uppercase;
  const emoji = "\\p{Emoji}(?:\\p{Emoji_Modifier}|\\uFE0F\\u20E3?|[\\u{E0020}-\\u{E007E}]+\\u{E007F})?";
  const strings = {
    RGI_Emoji: "(?:\\p{RI}\\p{RI}|[0-9#*]\\uFE0F?\\u20E3|(?![0-9#*])" + emoji + "(?:\\u200D" + emoji + ")*)",
    Emoji_Keycap_Sequence: "(?:[0-9#*]\\uFE0F\\u20E3)",
    RGI_Flag_Emoji_Sequence: "(?:\\p{RI}\\p{RI})",
    RGI_Emoji_Flag_Sequence: "(?:\\p{RI}\\p{RI})",
  };
  strings.Basic_Emoji = strings.RGI_Emoji;

  // property is what stands for \p{body} (\P if not), in a class or outside.
  const property = (body, not, inClass) => {
    const [, key, value] = /^(?:([A-Za-z_]+)=)?([A-Za-z0-9_]+)$/.exec(body) || [];
    if (value === undefined) throw new SyntaxError("Invalid regular expression: invalid property name \\p{" + body + "}");
    if (!key && strings[value]) return property_strings(value, not, inClass);
    let set = key ? undefined : expand[value];
    if (set === undefined) {
      set = host.property(key || "", value);
      if (set === "") throw new SyntaxError("Invalid regular expression: invalid property name \\p{" + body + "}");
    }
    if (!not) return inClass ? set : "[" + set + "]";
    if (!inClass) return "[^" + set + "]";
    if (/^\\p\{\w+\}$/.test(set)) return "\\P" + set.slice(2);
    const rest = host.complement(set);
    if (rest === "") throw new SyntaxError("Invalid regular expression: \\P{" + body + "} inside a character class is not supported");
    return rest;
  };
  const property_strings = (value, not, inClass) => {
    if (not || inClass) throw new SyntaxError("Invalid regular expression: property of strings \\p{" + value + "} here");
    return translate(strings[value], "u");
  };
  const escapeAt = (s, i) => {
    // the escape that starts at i: its end
    const c = s[i + 1];
    if ((c === "p" || c === "P" || c === "u" || c === "q" || c === "k") && (s[i + 2] === "{" || s[i + 2] === "<")) {
      const e = s.indexOf(s[i + 2] === "{" ? "}" : ">", i);
      if (e > 0) return e + 1;
    }
    if (c === "u") return i + 6;
    if (c === "x") return i + 4;
    return i + 1 + String.fromCodePoint(s.codePointAt(i + 1) || 92).length;
  };
  // translate rewrites a pattern; u: has the flag u or v; sets: has v.
  const translate = (s, flags) => {
    const sets = flags.includes("v");
    let out = "", i = 0;
    while (i < s.length) {
      const c = s[i];
      if (c === "\\") {
        const e = escapeAt(s, i), c1 = s[i + 1];
        out += (c1 === "p" || c1 === "P") && s[i + 2] === "{" ? property(s.slice(i + 3, e - 1), c1 === "P", false) : s.slice(i, e);
        i = e;
      } else if (c === "[") {
        const r = sets ? setClass(s, i) : plainClass(s, i);
        out += r.text;
        i = r.end;
      } else {
        out += c;
        i++;
      }
    }
    return out;
  };
  const plainClass = (s, i) => {
    let text = "[";
    for (i++; i < s.length && s[i] !== "]"; ) {
      if (s[i] !== "\\") {
        text += s[i++];
        continue;
      }
      const e = escapeAt(s, i), c1 = s[i + 1];
      text += (c1 === "p" || c1 === "P") && s[i + 2] === "{" ? property(s.slice(i + 3, e - 1), c1 === "P", true) : s.slice(i, e);
      i = e;
    }
    return { text: text + "]", end: i + 1 };
  };
  // setClass turns a class of the flag v into an expression for one character
  // (or a string of \q): A--B is (?!B)A, A&&B is (?=B)A.
  const setClass = (s, i) => {
    let not = false, flat = "", alts = [], op = "", expr;
    i++;
    if (s[i] === "^") {
      not = true;
      i++;
    }
    const operand = () => {
      const list = [...alts];
      if (flat !== "") list.push("[" + flat + "]");
      alts = [];
      flat = "";
      return list.length === 0 ? "(?!)" : list.length === 1 ? list[0] : "(?:" + list.join("|") + ")";
    };
    const apply = () => {
      const o = operand();
      expr = expr === undefined ? o : op === "--" ? "(?:(?!" + o + ")" + expr + ")" : "(?:(?=" + o + ")" + expr + ")";
    };
    while (i < s.length && s[i] !== "]") {
      const two = s.slice(i, i + 2);
      if (two === "--" || two === "&&") {
        apply();
        op = two;
        i += 2;
      } else if (s[i] === "[") {
        const r = setClass(s, i);
        alts.push(r.text);
        i = r.end;
      } else if (s[i] === "\\") {
        const e = escapeAt(s, i), c1 = s[i + 1];
        if (c1 === "q") alts.push(...s.slice(i + 3, e - 1).split("|").sort((a, b) => b.length - a.length).map((t) => "(?:" + t + ")"));
        else if ((c1 === "p" || c1 === "P") && s[i + 2] === "{") {
          const name = s.slice(i + 3, e - 1);
          if (strings[name]) alts.push(property(name, c1 === "P", false));
          else flat += property(name, c1 === "P", true);
        } else flat += s.slice(i, e);
        i = e;
      } else flat += s[i++];
    }
    if (expr === undefined && alts.length === 0) return { text: (not ? "[^" : "[") + flat + "]", end: i + 1 };
    apply();
    return { text: not ? "(?:(?!" + expr + ")[\\s\\S])" : expr, end: i + 1 };
  };

  // indices computes the positions of groups, which goja doesn't tell: exact for
  // the match itself, for groups the first place at or after the group before.
  const indices = (m) => {
    const start = m.index, out = [[start, start + m[0].length]];
    let from = 0;
    for (let g = 1; g < m.length; g++) {
      if (m[g] === undefined) {
        out.push(undefined);
        continue;
      }
      let at = m[0].indexOf(m[g], from);
      if (at < 0) at = m[0].indexOf(m[g]);
      from = at;
      out.push([start + at, start + at + m[g].length]);
      const next = g + 1 < m.length ? m[g + 1] : undefined;
      if (next !== undefined && !m[g].includes(next)) from = at + m[g].length;
    }
    out.groups = undefined;
    if (m.groups) {
      out.groups = Object.create(null);
      const used = new Set();
      for (const k of Object.keys(m.groups)) {
        const g = m.findIndex((v, i) => i > 0 && v === m.groups[k] && !used.has(i));
        used.add(g);
        out.groups[k] = m.groups[k] === undefined ? undefined : out[g];
      }
    }
    return out;
  };
  const nativeExec = Native.prototype.exec;
  const make = (source, flags, target) => {
    if (new Set(flags).size !== flags.length || (flags.includes("u") && flags.includes("v"))) throw new SyntaxError("Invalid flags supplied to RegExp constructor '" + flags + "'");
    const key = flags + "/" + source;
    let t = cache.get(key);
    if (t === undefined) {
      t = /[uv]/.test(flags) ? translate(source, flags) : source;
      if (t !== source || /\\[pP]\{/.test(source)) t = "(?<=)" + t;
      if (cache.size > 500) cache.clear();
      cache.set(key, t);
    }
    const native = flags.replace("d", "").replace("v", "u");
    const re = Reflect.construct(Native, [t, native], target);
    if (t === source && native === flags) return re;
    const sorted = ["d", "g", "i", "m", "s", "u", "v", "y"].filter((f) => flags.includes(f)).join("");
    meta.set(re, { source, flags: sorted });
    const show = (k, value) => Object.defineProperty(re, k, { value, configurable: true, writable: true });
    show("source", source === "" ? "(?:)" : source.replace(/(^|[^\\])\//g, "$1\\/").replace(/\n/g, "\\n"));
    if (sorted !== native) {
      show("flags", sorted);
      show("hasIndices", flags.includes("d"));
      show("unicodeSets", flags.includes("v"));
      show("unicode", flags.includes("u"));
    }
    if (flags.includes("d")) {
      show("exec", function exec(s) {
        const m = nativeExec.call(this, s);
        if (m) m.indices = indices(m);
        return m;
      });
    }
    return re;
  };
  const isRegExp = (v) => {
    if (Object(v) !== v) return false;
    const m = v[Symbol.match];
    return m !== undefined ? !!m : v instanceof Native;
  };

  const RegExp = function RegExp(pattern, flags) {
    if (new.target === undefined && flags === undefined && isRegExp(pattern) && pattern.constructor === RegExp) return pattern;
    const target = new.target === undefined ? RegExp : new.target;
    if (typeof pattern === "string" && (flags === undefined || (typeof flags === "string" && !/[uvd]/.test(flags)))) {
      return Reflect.construct(Native, flags === undefined ? [pattern] : [pattern, flags], target);
    }
    let source = pattern, f = flags;
    if (isRegExp(pattern)) {
      const known = meta.get(pattern);
      source = known ? known.source : pattern.source;
      if (f === undefined) f = pattern.flags;
    }
    source = source === undefined ? "" : String(source);
    f = f === undefined ? "" : String(f);
    const hard = f.includes("v") || f.includes("d") || (f.includes("u") && /\\[pP]\{/.test(source));
    return hard ? make(source, f, target) : Reflect.construct(Native, [source, f], target);
  };
  RegExp.prototype = Native.prototype;
  Object.defineProperty(RegExp, "prototype", { writable: false, enumerable: false });
  Object.defineProperty(RegExp, "length", { value: 2, configurable: true });
  Object.defineProperty(Native.prototype, "constructor", { value: RegExp, writable: true, configurable: true });
  Object.defineProperty(RegExp, Symbol.species, { configurable: true, get() { return this; } });
  Object.defineProperty(RegExp, "escape", {
    writable: true,
    configurable: true,
    value: function escape(s) {
      if (typeof s !== "string") throw new TypeError("RegExp.escape: not a string");
      let out = "";
      for (const c of s) {
        const hex = () => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0");
        if (out === "" && /[0-9A-Za-z]/.test(c)) out += hex();
        else if (/[\^$\\.*+?()[\]{}|/]/.test(c)) out += "\\" + c;
        else if (c === "\n") out += "\\n";
        else if (c === "\r") out += "\\r";
        else if (c === "\t") out += "\\t";
        else if (c === "\v") out += "\\v";
        else if (c === "\f") out += "\\f";
        else if (/[,\-=<>#&!%:;@~'`" ]/.test(c) || c === "\u00a0") out += hex();
        else if (/[\s\ufeff]/.test(c) || (c.length === 1 && (c.charCodeAt(0) & 0xf800) === 0xd800)) out += "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0");
        else out += c;
      }
      return out;
    },
  });
  Object.defineProperty(globalThis, "RegExp", { value: RegExp, writable: true, configurable: true });
})
