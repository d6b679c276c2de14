// Intl for goja: en-US in full for what people use, the separators and date
// order of some more locales; other locales format as en-US. Time zones come
// from Go (host.zone).
(function (host) {
  "use strict";
  // [group, decimal, date order, date separator, 24 hours]
  const locales = {
    "en-US": [",", ".", "mdy", "/", false], "en-GB": [",", ".", "DMY", "/", true], "en-CA": [",", ".", "YMD", "-", false],
    "en-AU": [",", ".", "DMY", "/", false], "en-IN": [",", ".", "dmy", "/", false], de: [".", ",", "dmy", ".", true],
    "de-CH": ["’", ".", "dmy", ".", true], fr: ["\u202f", ",", "DMY", "/", true], es: [".", ",", "dmy", "/", true],
    it: [".", ",", "dmy", "/", true], nl: [".", ",", "dmy", "-", true], pt: [".", ",", "DMY", "/", true],
    sv: ["\u00a0", ",", "YMD", "-", true], pl: ["\u00a0", ",", "DMY", ".", true], ru: ["\u00a0", ",", "DMY", ".", true],
    da: [".", ",", "dmy", ".", true], ja: [",", ".", "ymd", "/", true], zh: [",", ".", "ymd", "/", true],
    tr: [".", ",", "DMY", ".", true], cs: ["\u00a0", ",", "dmy", ". ", true], en: [",", ".", "mdy", "/", false],
  };
  const canonical = (l) => {
    if (l === undefined) return [];
    const list = typeof l === "string" || l instanceof Locale ? [l] : Array.from(l);
    return list.map((x) => {
      if (typeof x !== "string" && Object(x) !== x) throw new TypeError("Incorrect locale information provided");
      const s = String(x);
      if (!/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(s)) throw new RangeError("Incorrect locale information provided");
      return s.split("-").map((p, i) => (i === 0 ? p.toLowerCase() : p.length === 4 && /^[a-z]/i.test(p) ? p[0].toUpperCase() + p.slice(1).toLowerCase() : p.length === 2 ? p.toUpperCase() : p.toLowerCase())).join("-");
    });
  };
  const pick = (l) => canonical(l)[0] || "en-US";
  const data = (tag) => locales[tag] || locales[tag.split("-")[0]] || locales["en-US"];
  const oneOf = (o, key, list, fallback) => {
    const v = o[key];
    if (v === undefined) return fallback;
    const s = String(v);
    if (list && !list.includes(s)) throw new RangeError("Value " + s + " out of range for Intl options property " + key);
    return s;
  };
  const integer = (o, key, min, max, fallback) => {
    if (o[key] === undefined) return fallback;
    const n = Number(o[key]);
    if (!(n >= min && n <= max)) throw new RangeError(key + " value is out of range");
    return Math.floor(n);
  };
  const options = (o) => (o === undefined ? {} : Object(o));
  // service makes a constructor that needs no new, with the statics all have.
  const service = (name, C) => {
    const F = function (l, o) { return Reflect.construct(C, [l, o], new.target || F); };
    F.prototype = C.prototype;
    Object.defineProperty(C.prototype, "constructor", { value: F, writable: true, configurable: true });
    Object.defineProperty(C.prototype, Symbol.toStringTag, { value: "Intl." + name, configurable: true });
    Object.defineProperty(F, "name", { value: name });
    F.supportedLocalesOf = (l) => canonical(l).filter((t) => locales[t] || locales[t.split("-")[0]]);
    return F;
  };

  class Locale {
    constructor(tag, o) {
      this.tag = canonical(String(tag))[0];
      const p = this.tag.split("-");
      this.language = (o && o.language) || p[0];
      this.script = p.find((x, i) => i > 0 && x.length === 4);
      this.region = (o && o.region) || p.find((x, i) => i > 0 && /^([A-Z]{2}|\d{3})$/.test(x));
      this.baseName = [this.language, this.script, this.region].filter(Boolean).join("-");
    }
    toString() { return this.baseName; }
    maximize() { return this; }
    minimize() { return this; }
  }

  // Numbers.
  const symbols = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", CNY: "CN¥", INR: "₹", KRW: "₩", BRL: "R$", CAD: "CA$", AUD: "A$", MXN: "MX$", NZD: "NZ$", ILS: "₪", VND: "₫", TWD: "NT$", HKD: "HK$", PHP: "₱" };
  const names = { USD: "US dollars", EUR: "euros", GBP: "British pounds", JPY: "Japanese yen" };
  const noCents = ["JPY", "KRW", "VND", "CLP", "ISK", "HUF"];
  const units = { kilometer: "km", meter: "m", centimeter: "cm", millimeter: "mm", mile: "mi", foot: "ft", inch: "in", kilogram: "kg", gram: "g", pound: "lb", ounce: "oz", liter: "L", milliliter: "mL", celsius: "°C", fahrenheit: "°F", percent: "%", second: "sec", minute: "min", hour: "hr", day: "day", week: "wk", month: "mth", year: "yr", millisecond: "ms", byte: "byte", kilobyte: "kB", megabyte: "MB", gigabyte: "GB", terabyte: "TB", bit: "bit", "kilometer-per-hour": "km/h", "mile-per-hour": "mph" };
  // decimal is |x| rounded half away from zero to max places, as [whole, fraction].
  const decimal = (x, min, max) => {
    if (typeof x === "bigint") return [String(x), "0".repeat(min)];
    let s = expand(x), dot = s.indexOf(".");
    let whole = dot < 0 ? s : s.slice(0, dot), frac = dot < 0 ? "" : s.slice(dot + 1);
    if (frac.length > max) {
      const up = frac[max] >= "5";
      frac = frac.slice(0, max);
      if (up) {
        const all = String(BigInt(whole + frac) + 1n).padStart(whole.length + max, "0");
        whole = all.slice(0, all.length - max);
        frac = max > 0 ? all.slice(all.length - max) : "";
      }
    }
    while (frac.length > min && frac.endsWith("0")) frac = frac.slice(0, -1);
    return [whole, frac.padEnd(min, "0")];
  };
  const expand = (x) => {
    const m = /^(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(x));
    if (!m) return String(x);
    const digits = m[1] + (m[2] || ""), e = Number(m[3]) + m[1].length;
    if (e <= 0) return "0." + "0".repeat(-e) + digits;
    return e >= digits.length ? digits.padEnd(e, "0") : digits.slice(0, e) + "." + digits.slice(e);
  };
  const significant = (x, min, max) => {
    if (x === 0 || x === 0n) return ["0", "0".repeat(min - 1)];
    const n = Number(x), e = Math.floor(Math.log10(n));
    const s = expand(Number(n.toPrecision(Math.min(max, 100))));
    let [whole, frac = ""] = s.split(".");
    const have = (whole === "0" ? frac.replace(/^0+/, "") : whole + frac).length;
    if (have < min) frac = frac + "0".repeat(min - have);
    return e >= 0 || frac ? [whole, frac] : [s, ""];
  };
  class NumberFormat {
    #o; #d; #bound;
    constructor(l, opts) {
      const o = options(opts), tag = pick(l);
      this.#d = data(tag);
      const style = oneOf(o, "style", ["decimal", "percent", "currency", "unit"], "decimal");
      const currency = o.currency === undefined ? undefined : String(o.currency).toUpperCase();
      if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) throw new RangeError("Invalid currency code : " + o.currency);
      if (style === "currency" && !currency) throw new TypeError("Currency code is required with currency style.");
      if (style === "unit" && !o.unit) throw new TypeError("Unit is required with unit style.");
      const notation = oneOf(o, "notation", ["standard", "scientific", "engineering", "compact"], "standard");
      const cents = style === "currency" ? (noCents.includes(currency) ? 0 : 2) : 0;
      let min = integer(o, "minimumFractionDigits", 0, 100), max = integer(o, "maximumFractionDigits", 0, 100);
      const compact = notation === "compact";
      const dmax = style === "currency" && !compact ? cents : style === "percent" || compact ? 0 : 3;
      if (min === undefined) min = Math.min(compact ? 0 : cents, max === undefined ? 100 : max);
      if (max === undefined) max = Math.max(dmax, min);
      if (min > max) throw new RangeError("maximumFractionDigits value is out of range");
      const minS = integer(o, "minimumSignificantDigits", 1, 21), maxS = integer(o, "maximumSignificantDigits", minS || 1, 21);
      this.#o = {
        locale: tag, numberingSystem: "latn", style, ...(currency ? { currency, currencyDisplay: oneOf(o, "currencyDisplay", null, "symbol"), currencySign: oneOf(o, "currencySign", null, "standard") } : {}),
        ...(style === "unit" ? { unit: String(o.unit), unitDisplay: oneOf(o, "unitDisplay", null, "short") } : {}),
        minimumIntegerDigits: integer(o, "minimumIntegerDigits", 1, 21, 1), minimumFractionDigits: min, maximumFractionDigits: max,
        ...(minS || maxS ? { minimumSignificantDigits: minS || 1, maximumSignificantDigits: maxS || 21 } : {}),
        useGrouping: o.useGrouping === undefined ? "auto" : o.useGrouping === "false" ? false : o.useGrouping, notation,
        ...(compact ? { compactDisplay: oneOf(o, "compactDisplay", ["short", "long"], "short") } : {}),
        signDisplay: oneOf(o, "signDisplay", ["auto", "never", "always", "exceptZero", "negative"], "auto"),
        roundingMode: "halfExpand", plainCompact: compact && o.maximumFractionDigits === undefined && !minS && !maxS,
      };
    }
    get format() { return (this.#bound ??= (v) => this.formatToParts(v).map((p) => p.value).join("")); }
    resolvedOptions() { const { plainCompact, ...o } = this.#o; return o; }
    formatRange(a, b) { const x = this.format(a), y = this.format(b); return x === y ? "~" + x : x + " – " + y; }
    formatToParts(value) {
      const o = this.#o, en = this.#d[1] === ".";
      let x = typeof value === "bigint" ? value : Number(value);
      const negative = x < 0 || Object.is(x, -0), parts = [];
      if (negative) x = -x;
      if (o.style === "percent") x = typeof x === "bigint" ? x * 100n : Number(expand(x).includes("e") ? x * 100 : (x * 100).toPrecision(15));
      let suffix = "", exponent;
      if (typeof x === "number" && Number.isFinite(x)) {
        if (o.notation === "compact") {
          const short = o.compactDisplay === "short";
          for (const [n, s, l] of [[1e12, "T", " trillion"], [1e9, "B", " billion"], [1e6, "M", " million"], [1e3, "K", " thousand"]]) {
            if (x >= n * 0.9995) { x /= n; suffix = short ? s : l; break; }
          }
        } else if (o.notation !== "standard" && x !== 0) {
          exponent = Math.floor(Math.log10(x));
          if (o.notation === "engineering") exponent = Math.floor(exponent / 3) * 3;
          x /= 10 ** exponent;
        }
      }
      let number = [], zero = false;
      if (typeof x === "number" && !Number.isFinite(x)) number.push(x !== x ? { type: "nan", value: "NaN" } : { type: "infinity", value: "∞" });
      else {
        let [whole, frac] = o.minimumSignificantDigits ? significant(x, o.minimumSignificantDigits, o.maximumSignificantDigits)
          : o.plainCompact ? (x < 99.5 ? decimal(Number(Number(x).toPrecision(2)), 0, 2) : decimal(x, 0, 0)) : decimal(x, o.minimumFractionDigits, o.maximumFractionDigits);
        zero = !/[1-9]/.test(whole + frac);
        whole = whole.padStart(o.minimumIntegerDigits, "0");
        const group = o.useGrouping !== false && !(o.useGrouping === "min2" && whole.length < 5) && !(/^(es|pt-PT|pl)/.test(o.locale) && whole.length < 5);
        const groups = group ? (o.locale === "en-IN" ? whole.replace(/(\d)(?=(\d\d)+\d$)/g, "$1,") : whole.replace(/(\d)(?=(\d{3})+$)/g, "$1,")).split(",") : [whole];
        groups.forEach((g, i) => {
          if (i > 0) number.push({ type: "group", value: this.#d[0] });
          number.push({ type: "integer", value: g });
        });
        if (frac) number.push({ type: "decimal", value: this.#d[1] }, { type: "fraction", value: frac });
        if (exponent !== undefined) number.push({ type: "exponentSeparator", value: "E" }, { type: "exponentInteger", value: String(exponent) });
        if (suffix) number.push({ type: "compact", value: suffix });
      }
      const sd = o.signDisplay;
      const accounting = o.currencySign === "accounting" && negative && sd !== "never";
      const sign = negative && (sd === "auto" || sd === "always" || ((sd === "exceptZero" || sd === "negative") && !zero)) ? "-" : !negative && (sd === "always" || (sd === "exceptZero" && !zero)) ? "+" : "";
      if (accounting) parts.push({ type: "literal", value: "(" });
      else if (sign) parts.push({ type: sign === "-" ? "minusSign" : "plusSign", value: sign });
      if (o.style === "currency") {
        const c = o.currency, d = o.currencyDisplay;
        const s = d === "code" ? c : d === "name" ? names[c] || c : d === "narrowSymbol" ? (symbols[c] || c).replace(/^[A-Z]+(?=[^A-Z])/, "") : symbols[c] || c;
        if (d === "name") parts.push(...number, { type: "literal", value: " " }, { type: "currency", value: s });
        else if (en) parts.push({ type: "currency", value: s }, ...(/[A-Z]$/.test(s) ? [{ type: "literal", value: "\u00a0" }] : []), ...number);
        else parts.push(...number, { type: "literal", value: "\u00a0" }, { type: "currency", value: s });
      } else if (o.style === "percent") parts.push(...number, ...(en ? [] : [{ type: "literal", value: "\u00a0" }]), { type: "percentSign", value: "%" });
      else if (o.style === "unit") {
        const one = number.length === 1 && number[0].value === "1", long = o.unitDisplay === "long";
        const u = long ? o.unit.replace(/-per-/, " per ") + (one ? "" : "s") : (units[o.unit] || o.unit) + (o.unit === "day" && !one ? "s" : "");
        parts.push(...number, ...(/^[°%]/.test(u) || o.unitDisplay === "narrow" ? [] : [{ type: "literal", value: " " }]), { type: "unit", value: u });
      } else parts.push(...number);
      if (accounting) parts.push({ type: "literal", value: ")" });
      return parts;
    }
  }

  // Dates.
  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const dateKeys = ["weekday", "era", "year", "month", "day"], timeKeys = ["dayPeriod", "hour", "minute", "second", "fractionalSecondDigits"];
  const dateStyles = { full: { weekday: "long", year: "numeric", month: "long", day: "numeric" }, long: { year: "numeric", month: "long", day: "numeric" }, medium: { year: "numeric", month: "short", day: "numeric" }, short: { year: "2-digit", month: "numeric", day: "numeric" } };
  const timeStyles = { full: { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "long" }, long: { hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short" }, medium: { hour: "numeric", minute: "2-digit", second: "2-digit" }, short: { hour: "numeric", minute: "2-digit" } };
  const two = (n) => String(n).padStart(2, "0");
  class DateTimeFormat {
    #o; #d; #tag; #zone; #bound;
    constructor(l, opts, need = "any", fill = "date") {
      let o = { ...options(opts) };
      this.#tag = pick(l);
      this.#d = data(this.#tag);
      if (o.timeZone !== undefined) {
        const fixed = /^([+-])(\d\d):?(\d\d)?$/.exec(String(o.timeZone));
        this.#zone = fixed ? { fixed: (fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] || 0)), name: fixed[1] + fixed[2] + ":" + (fixed[3] || "00") } : { name: String(o.timeZone) };
        const z = fixed ? [0, "", this.#zone.name] : host.zone(this.#zone.name, 0);
        if (!z) throw new RangeError("Invalid time zone specified: " + o.timeZone);
        if (!fixed) this.#zone.name = z[2];
      } else this.#zone = { name: "", shown: host.zone("", 0)[2] };
      for (const [k, list] of [["weekday", ["narrow", "short", "long"]], ["era", ["narrow", "short", "long"]], ["year", ["2-digit", "numeric"]], ["month", ["2-digit", "numeric", "narrow", "short", "long"]], ["day", ["2-digit", "numeric"]], ["hour", ["2-digit", "numeric"]], ["minute", ["2-digit", "numeric"]], ["second", ["2-digit", "numeric"]], ["dateStyle", Object.keys(dateStyles)], ["timeStyle", Object.keys(timeStyles)], ["hourCycle", ["h11", "h12", "h23", "h24"]]]) oneOf(o, k, list);
      const has = (keys) => keys.some((k) => o[k] !== undefined);
      if (o.dateStyle || o.timeStyle) {
        if (has([...dateKeys, ...timeKeys])) throw new TypeError("Can't set option with dateStyle or timeStyle");
        o = { ...o, ...(o.dateStyle ? dateStyles[o.dateStyle] : {}), ...(o.timeStyle ? timeStyles[o.timeStyle] : {}) };
      } else if (!((need !== "time" && has(dateKeys)) || (need !== "date" && has(timeKeys)))) {
        if (fill !== "time") o = { ...o, year: "numeric", month: "numeric", day: "numeric" };
        if (fill !== "date") o = { ...o, hour: "numeric", minute: "2-digit", second: "2-digit" };
      }
      o.h12 = o.hour12 !== undefined ? !!o.hour12 : o.hourCycle ? o.hourCycle === "h12" || o.hourCycle === "h11" : !this.#d[4];
      this.#o = o;
    }
    get format() { return (this.#bound ??= (d) => this.formatToParts(d).map((p) => p.value).join("")); }
    formatRange(a, b) { const x = this.format(a), y = this.format(b); return x === y ? x : x + " – " + y; }
    resolvedOptions() {
      const { h12, ...o } = this.#o;
      return { locale: this.#tag, calendar: "gregory", numberingSystem: "latn", timeZone: this.#zone.name || this.#zone.shown, ...(o.hour ? { hourCycle: h12 ? "h12" : "h23", hour12: h12 } : {}), ...Object.fromEntries([...dateKeys, ...timeKeys, "timeZoneName", "dateStyle", "timeStyle"].filter((k) => o[k] !== undefined).map((k) => [k, o[k]])) };
    }
    formatToParts(date) {
      const ms = date === undefined ? Date.now() : Number(date);
      if (!(Math.abs(ms) <= 8.64e15)) throw new RangeError("Invalid time value");
      const o = this.#o, z = this.#zone.fixed !== undefined ? [this.#zone.fixed, "GMT" + this.#zone.name] : host.zone(this.#zone.name, ms);
      const d = new Date(ms + z[0] * 60000), parts = [];
      const lit = (value) => parts.push({ type: "literal", value });
      const put = (type, value) => parts.push({ type, value: String(value) });
      const [, , order, sep] = this.#d;
      const y = d.getUTCFullYear(), shownYear = o.year === "2-digit" ? two(((y % 100) + 100) % 100) : String(o.era && y <= 0 ? 1 - y : y);
      const name = (list, i, style) => (style === "long" ? list[i] : style === "short" ? list[i].slice(0, 3) : list[i][0]);
      const text = o.month === "long" || o.month === "short" || o.month === "narrow";
      const day = () => put("day", o.day === "2-digit" || (!text && order.includes("D") && o.month) ? two(d.getUTCDate()) : d.getUTCDate());
      const month = () => put("month", text ? name(months, d.getUTCMonth(), o.month) : o.month === "2-digit" || (order.includes("M") && o.day) ? two(d.getUTCMonth() + 1) : d.getUTCMonth() + 1);
      if (o.weekday) put("weekday", name(days, d.getUTCDay(), o.weekday));
      if (text) {
        if (o.weekday && (o.day || o.year)) lit(", ");
        const dayFirst = order.toLowerCase() === "dmy";
        if (dayFirst && o.day) { day(); lit(sep === "." ? ". " : " "); }
        month();
        if (!dayFirst && o.day) { lit(" "); day(); }
        if (o.year) { lit(o.day && !dayFirst ? ", " : " "); put("year", shownYear); }
      } else {
        const list = [...order.toLowerCase()].map((c) => ({ y: o.year && (() => put("year", shownYear)), m: o.month && month, d: o.day && day })[c]).filter(Boolean);
        if (o.weekday && list.length > 0) lit(list.length === 1 && o.day ? " " : ", ");
        list.forEach((f, i) => { if (i > 0) lit(sep); f(); });
      }
      if (o.era) { lit(" "); put("era", o.era === "long" ? (y > 0 ? "Anno Domini" : "Before Christ") : o.era === "narrow" ? (y > 0 ? "A" : "B") : y > 0 ? "AD" : "BC"); }
      if (o.hour || o.minute || o.second || o.fractionalSecondDigits) {
        if (parts.length > 0) lit((o.dateStyle === "full" || o.dateStyle === "long") ? " at " : ", ");
        const h = d.getUTCHours(), list = [];
        if (o.hour) { const v = o.h12 ? h % 12 || 12 : h; list.push(["hour", o.hour === "2-digit" || (!o.h12) ? two(v) : v]); }
        if (o.minute) list.push(["minute", o.hour || o.second || o.minute === "2-digit" ? two(d.getUTCMinutes()) : d.getUTCMinutes()]);
        if (o.second) list.push(["second", o.minute ? two(d.getUTCSeconds()) : d.getUTCSeconds()]);
        list.forEach(([t, v], i) => { if (i > 0) lit(":"); put(t, v); });
        if (o.fractionalSecondDigits) { if (list.length) lit("."); put("fractionalSecond", String(d.getUTCMilliseconds()).padStart(3, "0").slice(0, Number(o.fractionalSecondDigits))); }
        if (o.hour && o.h12) { lit("\u202f"); put("dayPeriod", h < 12 ? "AM" : "PM"); }
      }
      if (o.timeZoneName) {
        if (parts.length > 0) lit(!o.hour && o.day && !text ? ", " : " ");
        const a = Math.abs(z[0]), gmt = "GMT" + (z[0] ? (z[0] < 0 ? "-" : "+") + Math.floor(a / 60) + (a % 60 ? ":" + two(a % 60) : "") : "");
        put("timeZoneName", /[Oo]ffset/.test(o.timeZoneName) || !/^[A-Z]{3,4}$/.test(z[1]) ? gmt : o.timeZoneName === "long" && z[1] === "UTC" ? "Coordinated Universal Time" : z[1]);
      }
      return parts;
    }
  }

  // Text.
  class Collator {
    #o; #bound;
    constructor(l, opts) {
      const o = options(opts);
      this.#o = { locale: pick(l), usage: oneOf(o, "usage", ["sort", "search"], "sort"), sensitivity: oneOf(o, "sensitivity", ["base", "accent", "case", "variant"], "variant"), ignorePunctuation: !!o.ignorePunctuation, numeric: !!o.numeric, caseFirst: oneOf(o, "caseFirst", ["upper", "lower", "false"], "false"), collation: "default" };
    }
    get compare() { return (this.#bound ??= (a, b) => this.#compare(String(a), String(b))); }
    #compare(a, b) {
      const o = this.#o;
      if (o.ignorePunctuation) { a = a.replace(/[!-\/:-@[-`{-~]/g, ""); b = b.replace(/[!-\/:-@[-`{-~]/g, ""); }
      const plain = (s) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
      let c = chunks(plain(a).toLowerCase(), plain(b).toLowerCase(), o.numeric);
      if (c || o.sensitivity === "base") return c;
      const accents = (s) => s.toLowerCase().normalize("NFD");
      if (o.sensitivity !== "case" && (c = order(accents(a), accents(b)))) return c;
      if (o.sensitivity === "accent") return 0;
      const [x, y] = o.sensitivity === "case" ? [plain(a), plain(b)] : [a.normalize("NFD"), b.normalize("NFD")];
      c = order(x, y);
      return o.caseFirst === "upper" ? c : -c || 0;
    }
    resolvedOptions() { return { ...this.#o }; }
  }
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  // weight orders blanks and punctuation before digits before letters.
  const weight = (c) => (/\s/.test(c) ? 0 : /[0-9]/.test(c) ? 2 : /[!-\/:-@[-`{-~]/.test(c) ? 1 : 3);
  const chunks = (a, b, numeric) => {
    let i = 0, j = 0;
    while (i < a.length && j < b.length) {
      if (numeric && /\d/.test(a[i]) && /\d/.test(b[j])) {
        const x = /^\d+/.exec(a.slice(i))[0], y = /^\d+/.exec(b.slice(j))[0];
        const p = BigInt(x), q = BigInt(y);
        if (p !== q) return p < q ? -1 : 1;
        i += x.length;
        j += y.length;
        continue;
      }
      if (a[i] !== b[j]) return weight(a[i]) - weight(b[j]) < 0 ? -1 : weight(a[i]) > weight(b[j]) ? 1 : order(a[i], b[j]);
      i++;
      j++;
    }
    return Math.sign(a.length - i - (b.length - j));
  };
  class PluralRules {
    #o;
    constructor(l, opts) { this.#o = { locale: pick(l), type: oneOf(options(opts), "type", ["cardinal", "ordinal"], "cardinal") }; }
    select(value) {
      const n = Number(value), lang = this.#o.locale.split("-")[0], a = Math.abs(n), ten = a % 10, hundred = a % 100;
      if (this.#o.type === "ordinal") return lang !== "en" ? "other" : ten === 1 && hundred !== 11 ? "one" : ten === 2 && hundred !== 12 ? "two" : ten === 3 && hundred !== 13 ? "few" : "other";
      if (["ja", "zh", "ko", "vi", "th", "id"].includes(lang)) return "other";
      if (["ru", "uk"].includes(lang) && Number.isInteger(a)) return ten === 1 && hundred !== 11 ? "one" : ten >= 2 && ten <= 4 && !(hundred >= 12 && hundred <= 14) ? "few" : "many";
      if (lang === "pl" && Number.isInteger(a)) return a === 1 ? "one" : ten >= 2 && ten <= 4 && !(hundred >= 12 && hundred <= 14) ? "few" : "many";
      if (lang === "fr" || lang === "pt") return a < 2 ? "one" : "other";
      return a === 1 ? "one" : "other";
    }
    resolvedOptions() { return { ...this.#o, pluralCategories: this.#o.type === "ordinal" ? ["few", "one", "two", "other"] : ["one", "other"] }; }
  }
  const relative = { day: ["yesterday", "today", "tomorrow"], year: ["last year", "this year", "next year"], month: ["last month", "this month", "next month"], week: ["last week", "this week", "next week"], quarter: ["last quarter", "this quarter", "next quarter"], hour: [, "this hour"], minute: [, "this minute"], second: [, "now"] };
  const shortUnits = { second: "sec.", minute: "min.", hour: "hr.", day: "day", week: "wk.", month: "mo.", quarter: "qtr.", year: "yr." };
  class RelativeTimeFormat {
    #o;
    constructor(l, opts) {
      const o = options(opts);
      this.#o = { locale: pick(l), style: oneOf(o, "style", ["long", "short", "narrow"], "long"), numeric: oneOf(o, "numeric", ["always", "auto"], "always"), numberingSystem: "latn" };
    }
    format(value, unit) {
      const n = Number(value), u = String(unit).replace(/s$/, ""), past = n < 0 || Object.is(n, -0);
      if (!Number.isFinite(n)) throw new RangeError("Invalid number value");
      if (!relative[u]) throw new RangeError("Invalid unit argument for format() '" + unit + "'");
      const word = this.#o.numeric === "auto" && relative[u][n + 1];
      if (word) return word;
      const a = Math.abs(n), long = this.#o.style === "long";
      const shown = long ? u + (a === 1 ? "" : "s") : u === "day" ? (a === 1 ? "day" : "days") : u === "quarter" && a !== 1 ? "qtrs." : shortUnits[u];
      const s = new Intl.NumberFormat(this.#o.locale).format(a) + " " + shown;
      return past ? s + " ago" : "in " + s;
    }
    formatToParts(value, unit) { return [{ type: "literal", value: this.format(value, unit) }]; }
    resolvedOptions() { return { ...this.#o }; }
  }
  class ListFormat {
    #o;
    constructor(l, opts) {
      const o = options(opts);
      this.#o = { locale: pick(l), type: oneOf(o, "type", ["conjunction", "disjunction", "unit"], "conjunction"), style: oneOf(o, "style", ["long", "short", "narrow"], "long") };
    }
    formatToParts(items) {
      const list = [...items], { type, style } = this.#o, out = [];
      for (const v of list) if (typeof v !== "string") throw new TypeError("Iterable yielded " + String(v) + " which is not a string");
      const word = type === "disjunction" ? "or" : style === "long" ? "and" : "&";
      const last = type === "unit" ? (style === "narrow" ? " " : ", ") : type === "conjunction" && style === "narrow" ? ", " : (list.length > 2 ? ", " : " ") + word + " ";
      list.forEach((value, i) => {
        if (i > 0) out.push({ type: "literal", value: i === list.length - 1 ? last : type === "unit" && style === "narrow" ? " " : ", " });
        out.push({ type: "element", value });
      });
      return out;
    }
    format(items) { return this.formatToParts(items).map((p) => p.value).join(""); }
    resolvedOptions() { return { ...this.#o }; }
  }
  const extend = new RegExp("^[\\p{M}\\p{Emoji_Modifier}\\u200d\\ufe0f]$", "u");
  class Segmenter {
    #o;
    constructor(l, opts) { this.#o = { locale: pick(l), granularity: oneOf(options(opts), "granularity", ["grapheme", "word", "sentence"], "grapheme") }; }
    segment(input) {
      const s = String(input), g = this.#o.granularity;
      const list = (g === "word" ? words(s) : g === "sentence" ? s.match(/[^.!?]*[.!?]+\s*|[^.!?]+$/g) || [] : graphemes(s));
      let index = 0;
      const all = list.map((segment) => {
        const r = { segment, index, input: s };
        if (g === "word") r.isWordLike = wordLike.test(segment);
        index += segment.length;
        return r;
      });
      return { [Symbol.iterator]: () => all.values(), containing: (at = 0) => all.find((r) => at >= r.index && at < r.index + r.segment.length) };
    }
    resolvedOptions() { return { ...this.#o }; }
  }
  const wordLike = new RegExp("[\\p{L}\\p{N}]", "u"), wordPattern = new RegExp("[\\p{L}\\p{N}\\p{M}_]+(?:['’.][\\p{L}\\p{N}]+)*|\\s|[\\s\\S]", "gu");
  const words = (s) => s.match(wordPattern) || [];
  const graphemes = (s) => {
    const out = [];
    let flags = 0, joined = false;
    for (const c of s) {
      const cp = c.codePointAt(0), ri = cp >= 0x1f1e6 && cp <= 0x1f1ff;
      const crlf = c === "\n" && out.length > 0 && out[out.length - 1] === "\r";
      if (out.length > 0 && (joined || crlf || (ri && flags % 2 === 1) || extend.test(c))) out[out.length - 1] += c;
      else out.push(c);
      flags = ri ? flags + 1 : 0;
      joined = c === "\u200d";
    }
    return out;
  };
  class DisplayNames {
    #o;
    constructor(l, opts) {
      if (opts === undefined || opts.type === undefined) throw new TypeError("Required option \"type\" must not be undefined");
      this.#o = { locale: pick(l), type: String(opts.type), fallback: opts.fallback || "code" };
    }
    of(code) { return (this.#o.type === "currency" && names[code]) || (this.#o.fallback === "none" ? undefined : String(code)); }
    resolvedOptions() { return { ...this.#o }; }
  }

  const Intl = {};
  const classes = { NumberFormat, DateTimeFormat, Collator, PluralRules, RelativeTimeFormat, ListFormat, Segmenter, DisplayNames };
  for (const k of Object.keys(classes)) Object.defineProperty(Intl, k, { value: service(k, classes[k]), writable: true, configurable: true });
  const more = {
    Locale,
    getCanonicalLocales: (l) => canonical(l),
    supportedValuesOf: (key) => (key === "currency" ? Object.keys(symbols).sort() : key === "unit" ? Object.keys(units).sort() : key === "calendar" ? ["gregory"] : key === "numberingSystem" ? ["latn"] : []),
    // For Date.prototype.toLocale*String: need and fill choose the parts.
    formatDate: (d, l, o, need, fill) => new DateTimeFormat(l, o, need, fill).format(d),
  };
  for (const k of Object.keys(more)) Object.defineProperty(Intl, k, { value: more[k], writable: true, configurable: true });
  Object.defineProperty(Intl, Symbol.toStringTag, { value: "Intl", configurable: true });
  return Intl;
})
