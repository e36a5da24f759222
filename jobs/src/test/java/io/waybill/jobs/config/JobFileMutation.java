package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.Position;
import io.waybill.jobs.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One mistake that is made in a job file which was right, and what is to be said of it. */
enum JobFileMutation {
  MISSPELT_KEY(Schema.REFUSES) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      KeySite site = pick(source.sites(each -> each.key().name().length() > 2), random);
      String word = misspelt(site, random);
      return Optional.of(
          source.replace(
              site.entry().key().origin().start(),
              site.entry().key().origin().end(),
              word,
              site.tellsTheVariant() ? site.around() : List.of(site.entry().key().origin()),
              site.tellsTheVariant() ? "needs a \"type\"" : "unknown key \"" + word + "\""));
    }
  },
  WRONG_KIND_OF_VALUE(Schema.REFUSES) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      KeySite site =
          pick(
              source.sites(each -> !each.tellsTheVariant() && !takesTexts(each.key().type())),
              random);
      Origin value = site.entry().value().origin();
      return Optional.of(
          source.replace(value.start(), site.end(), wrong(site.key()), List.of(value), ""));
    }
  },
  UNKNOWN_TYPE(Schema.REFUSES) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites = source.sites(KeySite::tellsTheVariant);
      if (sites.isEmpty()) {
        return Optional.empty();
      }
      Origin value = pick(sites, random).entry().value().origin();
      return Optional.of(
          source.replace(value.start(), value.end(), "gopher", List.of(value), "unknown type"));
    }
  },
  MISSING_KEY(Schema.REFUSES) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites =
          source.sites(
              each ->
                  each.key().presence() == Key.Presence.REQUIRED
                      && !each.tellsTheVariant()
                      && each.owner().entries().size() > 1);
      if (sites.isEmpty()) {
        return Optional.empty();
      }
      KeySite site = pick(sites, random);
      return Optional.of(source.remove(site, "key \"" + site.key().name() + "\" is missing in "));
    }
  },
  MISSING_REFERENCE(Schema.CANNOT_KNOW) {
    private static final Pattern NAME =
        Pattern.compile("\\$\\{(vars|steps|params|secrets)\\.[\\w-]+");
    private static final Pattern CONNECTION =
        Pattern.compile("[\"']?([a-z][\\w-]+):[^/].*|[\"']?([a-z][\\w-]+):/[^/].*");

    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<Mutant> possible = new ArrayList<>();
      for (KeySite site : source.sites(each -> each.entry().value() instanceof YamlNode.Scalar)) {
        Origin value = site.entry().value().origin();
        Matcher name = NAME.matcher(value.raw());
        if (name.find() && value.raw().indexOf('\n') < 0) {
          boolean isSecret = site.key().presence() == Key.Presence.SECRET;
          Origin where = isSecret ? value : value.from(value.start() + name.start());
          String root = name.group(1);
          possible.add(
              source.replace(
                  value.start() + name.start(),
                  value.start() + name.end(),
                  "${" + root + ".nowhere-at-all",
                  List.of(where),
                  "unknown"));
          continue;
        }
        String type = String.valueOf(site.key().type());
        Matcher connection = CONNECTION.matcher(value.raw());
        if (type.contains("LOCATION") && connection.matches()) {
          int group = connection.group(1) == null ? 2 : 1;
          possible.add(
              source.replace(
                  value.start() + connection.start(group),
                  value.start() + connection.end(group),
                  "nowhere-at-all",
                  List.of(value),
                  "unknown connection \"nowhere-at-all\""));
        } else if (type.equals("CONNECTION") || type.equals("MAILBOX")) {
          possible.add(
              source.replace(
                  value.start(),
                  value.end(),
                  "nowhere-at-all",
                  List.of(value),
                  "unknown connection \"nowhere-at-all\""));
        } else if (List.of("calendar", "during", "limit").contains(site.key().name())
            && type.equals("TEXT")) {
          possible.add(
              source.replace(value.start(), value.end(), "nowhere-at-all", List.of(value), "no"));
        }
      }
      return possible.isEmpty() ? Optional.empty() : Optional.of(pick(possible, random));
    }
  },
  DUPLICATE_KEY(Schema.IS_NOT_ASKED) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      KeySite site = pick(source.sites(each -> true), random);
      Origin key = site.entry().key().origin();
      String before =
          site.isInFlow()
              ? key.raw() + ": x, "
              : key.raw() + ": x\n" + " ".repeat(key.position().column() - 1);
      return Optional.of(
          source.insert(
              key.start(),
              before,
              key.start() + before.length(),
              "duplicate key \"" + site.key().name() + "\"; the first is on line "));
    }
  },
  TAB(Schema.IS_NOT_ASKED) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites = source.sites(each -> !each.isInFlow() && source.isFirstInLine(each));
      Origin key = pick(sites, random).entry().key().origin();
      int line = key.start() - (key.position().column() - 1);
      Mutant mutant = source.insert(line, "\t", line, "a tab stands here");
      return Optional.of(mutant);
    }
  },
  UNKNOWN_TAG(Schema.IS_NOT_ASKED) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites = source.sites(each -> each.entry().value() instanceof YamlNode.Scalar);
      Origin value = pick(sites, random).entry().value().origin();
      return Optional.of(
          source.insert(value.start(), "!env ", value.start(), "unknown tag \"!env\""));
    }
  },
  ALIAS_BOMB(Schema.IS_NOT_ASKED) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      StringBuilder bomb = new StringBuilder("\nb0: &b0 [x, x, x, x, x, x, x, x, x, x]\n");
      int last = 6 + random.nextInt(30);
      for (int i = 1; i <= last; i++) {
        String one = "*b" + (i - 1);
        bomb.append(
            "b%d: &b%d [%s]\n"
                .formatted(
                    i,
                    i,
                    String.join(", ", List.of(one, one, one, one, one, one, one, one, one, one))));
      }
      int end = source.text().length();
      return Optional.of(
          source.insert(
              end,
              bomb.toString(),
              // 10 + 100 + ... + 100000 is too many on the line of b4, in its ninth or tenth alias
              -1,
              "more than 100000 values"));
    }
  },
  CYCLE(Schema.IS_NOT_ASKED) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites =
          source.sites(each -> each.isInFlow() && each.entry().value() instanceof YamlNode.Scalar);
      if (sites.isEmpty()) {
        return Optional.empty();
      }
      KeySite site = pick(sites, random);
      int open = site.owner().origin().start();
      Origin value = site.entry().value().origin();
      String text = source.text();
      String mutated =
          text.substring(0, open)
              + "&loop "
              + text.substring(open, value.start())
              + "*loop "
              + text.substring(value.end());
      return Optional.of(
          source.mutant(
              mutated, value.start() + 6, "alias \"*loop\" stands inside of what it refers to"));
    }
  },
  DEEP_NESTING(Schema.IS_NOT_ASKED) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      KeySite site = pick(source.sites(each -> true), random);
      Origin value = site.entry().value().origin();
      String nested = "[".repeat(60 + random.nextInt(50_000));
      Mutant mutant =
          source.replace(value.start(), site.end(), nested, List.of(value), "levels of nesting");
      return Optional.of(mutant.onLineOnly());
    }
  },
  IMPOSSIBLE_SCHEDULE(Schema.CANNOT_KNOW) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites =
          source.sites(
              each ->
                  each.group().choice().contains("cron")
                      && each.group().choice().contains(each.key().name()));
      if (sites.isEmpty()) {
        return Optional.empty();
      }
      KeySite site = pick(sites, random);
      Origin value = site.entry().value().origin();
      String wrong =
          switch (site.key().name()) {
            case "cron" ->
                pick(List.of("\"61 * * * *\"", "\"nonsense\"", "\"0 25 * * *\""), random);
            case "daily" -> "\"25:61\"";
            case "every" -> "0s";
            case "rrule" -> "\"FREQ=SOMETIMES\"";
            default -> "2026-02-31T00:00";
          };
      return Optional.of(
          source.replace(value.start(), value.end(), wrong, List.of(value), "").onLineOnly());
    }
  },
  SECRET_WHERE_NONE_MAY_STAND(Schema.REFUSES) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites =
          source.sites(
              each ->
                  each.entry().value() instanceof YamlNode.Scalar
                      && !each.key().presence().takesSecret()
                      && !each.tellsTheVariant()
                      && !(each.key().type() instanceof ValueType.MapOf));
      KeySite site = pick(sites, random);
      Origin value = site.entry().value().origin();
      return Optional.of(
          source
              .replace(
                  value.start(),
                  site.end(),
                  "\"${secrets.some-name}\"",
                  List.of(value),
                  "a secret may stand only in a key that is made for one")
              .oneFurtherRight());
    }
  },
  PASSWORD_IN_CLEAR(Schema.REFUSES) {
    @Override
    Optional<Mutant> make(Source source, Random random) {
      List<KeySite> sites =
          source.sites(
              each ->
                  each.key().presence() == Key.Presence.SECRET
                      && each.key().type() instanceof ValueType.Scalar);
      if (sites.isEmpty()) {
        return Optional.empty();
      }
      Origin value = pick(sites, random).entry().value().origin();
      return Optional.of(
          source.replace(
              value.start(),
              value.end(),
              "hunter2",
              List.of(value),
              "takes no value in this file"));
    }
  };

  /** What a schema can say of a mistake. */
  enum Schema {
    REFUSES,
    /** It depends on other parts of the file, or on what is inside of a text. */
    CANNOT_KNOW,
    /** There is no tree to look at: the file is no YAML, or none that we take. */
    IS_NOT_ASKED
  }

  private final Schema schema;

  JobFileMutation(Schema schema) {
    this.schema = schema;
  }

  Schema schema() {
    return schema;
  }

  /** Makes the mistake at a random place; empty if the file has no place for it. */
  abstract Optional<Mutant> make(Source source, Random random);

  /**
   * A file with a mistake.
   *
   * @param text of the file
   * @param places one of which the error must name: {@code line:column}, or {@code line:}
   * @param words that must be in the error's message
   */
  record Mutant(String text, List<String> places, String words) {
    Mutant onLineOnly() {
      return new Mutant(
          text, places.stream().map(place -> place.replaceFirst(":.*", ":")).toList(), words);
    }

    Mutant oneFurtherRight() {
      return new Mutant(
          text,
          places.stream()
              .map(place -> place.split(":", -1))
              .map(parts -> parts[0] + ":" + (Integer.parseInt(parts[1]) + 1))
              .toList(),
          words);
    }
  }

  /** A file that is right. */
  record Source(String text, YamlNode root, ValueType.Group top) {
    List<KeySite> sites(Predicate<KeySite> which) {
      return KeySite.in(root, top).stream().filter(which).toList();
    }

    Mutant replace(int start, int end, String by, List<Origin> places, String words) {
      return new Mutant(
          text.substring(0, start) + by + text.substring(end),
          places.stream()
              .map(Origin::position)
              .map(at -> at.line() + ":" + at.column())
              .distinct()
              .toList(),
          words);
    }

    Mutant insert(int at, String what, int error, String words) {
      return mutant(text.substring(0, at) + what + text.substring(at), error, words);
    }

    Mutant mutant(String mutated, int error, String words) {
      if (error < 0) {
        return new Mutant(mutated, List.of(), words);
      }
      Position at = new SourceText("x", mutated).position(error);
      return new Mutant(mutated, List.of(at.line() + ":" + at.column()), words);
    }

    Mutant remove(KeySite site, String words) {
      List<YamlNode.Entry> entries = site.owner().entries();
      int index = entries.indexOf(site.entry());
      boolean isLast = index == entries.size() - 1;
      int start =
          isLast
              ? KeySite.end(entries.get(index - 1).value())
              : site.entry().key().origin().start();
      int end = isLast ? site.end() : entries.get(index + 1).key().origin().start();
      return replace(start, end, "", site.around(), words).onLineOnly();
    }

    boolean isFirstInLine(KeySite site) {
      Origin key = site.entry().key().origin();
      int before = key.position().column() - 1;
      return before > 0 && text.substring(key.start() - before, key.start()).isBlank();
    }
  }

  private static <T> T pick(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  private static String misspelt(KeySite site, Random random) {
    String name = site.key().name();
    List<String> known = site.group().keys().stream().map(Key::name).toList();
    List<String> others =
        IntStream.range(0, name.length() - 1)
            .boxed()
            .flatMap(
                i ->
                    Stream.of(
                        name.substring(0, i) + name.substring(i + 1),
                        name.substring(0, i) + name.charAt(i) + name.substring(i),
                        name.substring(0, i)
                            + name.charAt(i + 1)
                            + name.charAt(i)
                            + name.substring(i + 2)))
            .filter(word -> !known.contains(word) && !word.startsWith("-"))
            .toList();
    return pick(others, random);
  }

  // any text or mapping could be right there
  private static boolean takesTexts(ValueType type) {
    return type instanceof ValueType.AnyOf any
        && any.types().contains(new ValueType.ListOf(ValueType.Scalar.TEXT));
  }

  private static String wrong(Key key) {
    ValueType type = key.type();
    if (type instanceof ValueType.Group || type instanceof ValueType.MapOf) {
      return "nonsense";
    }
    if (key.presence() == Key.Presence.SECRET) {
      return "{ a: b }";
    }
    if (type instanceof ValueType.ListOf list) {
      return list.element() instanceof ValueType.Group ? "nonsense" : "{ a: b }";
    }
    if (type instanceof ValueType.Scalar scalar) {
      return switch (scalar) {
        case TEXT, PATTERN, REGEX, LOCATION, FILE, MAILBOX, CONNECTION -> "{ a: b }";
        case ADDRESS, BOOLEAN, INTEGER, NUMBER, DURATION, SIZE, PERCENT -> "nonsense";
      };
    }
    boolean isText =
        type instanceof ValueType.PerItem
            || (type instanceof ValueType.AnyOf any && any.types().contains(ValueType.Scalar.TEXT));
    if (isText) {
      return "{ a: b }";
    }
    return type instanceof ValueType.OneOf || type instanceof ValueType.AnyOf
        ? "nonsense"
        : "\"${secrets.x}\"";
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
