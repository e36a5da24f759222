package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.Filter;
import io.waybill.jobs.expression.Filters;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes the reference page of the job file, in Markdown. */
public final class JobFilePage {
  private static final int MOST_INLINE = 4;
  private static final String HEAD =
      "| key | what stands there | if absent | what it means | example |\n|---|---|---|---|---|\n";

  private final KeyRegistry registry;
  private final StringBuilder page = new StringBuilder();
  private final IdentityHashMap<ValueType.Group, Block> blocks = new IdentityHashMap<>();
  private final Map<String, Integer> titles = new HashMap<>();
  private final Deque<Block> toWrite = new ArrayDeque<>();

  /** A mapping that has a table of its own. */
  private record Block(
      String title, ValueType.Group group, Set<String> places, Optional<StepType<?>> kind) {}

  private JobFilePage(KeyRegistry registry) {
    this.registry = registry;
  }

  /** Returns the page. */
  public static String of(KeyRegistry registry) {
    return new JobFilePage(registry).write();
  }

  private String write() {
    page.append(
        """
        # The job file: reference

        Made from the registry of keys by `waybill explain --page`; do not edit it. `waybill explain KEY` says the same of one
        key, and `waybill schema` prints a JSON Schema for editors. What the parts are for is in the [README](README.md).

        `NAME` in a path is a name that the file gives. Where a list is meant, a single value stands for a list of one.
        """);
    values();
    expressions();
    Block top = new Block("The file", registry.top(), Set.of(), Optional.empty());
    collect(top);
    toWrite.add(top);
    Set<Block> written = new LinkedHashSet<>();
    while (!toWrite.isEmpty()) {
      Block block = toWrite.remove();
      if (written.add(block)) {
        table(block);
      }
    }
    return page.toString();
  }

  private void values() {
    page.append("\n## Values\n\n| what stands there | how it is written |\n|---|---|\n");
    for (ValueType.Scalar scalar : ValueType.Scalar.values()) {
      Key key = Key.optional("x", scalar, "");
      page.append("| %s | %s |\n".formatted(TypeWords.of(key), form(scalar)));
    }
    page.append(
        "| %s | `\"${secrets.NAME}\"`, with `NAME` defined under `secrets`; legal nowhere else |\n"
            .formatted(TypeWords.of(Key.secret("x", ""))));
  }

  private static String form(ValueType.Scalar scalar) {
    return switch (scalar) {
      case TEXT -> "any text, on one line or many";
      case PATTERN ->
          "`*` and `?` within a name, `**` over directories, `[a-z]`, `{a,b}`; what an expression yields stands for itself, but for `params`, `vars` and what `default('...')` stands in with";
      case REGEX ->
          "as Java has them, found anywhere in the text; what an expression yields stands for itself, but for `params`, `vars` and what `default('...')` stands in with";
      case LOCATION ->
          "a path of this machine (a relative one is as seen from the job file), `connection:/path`, or a URI";
      case FILE -> "a path of this machine; a relative one is as seen from the job file";
      case MAILBOX -> "`connection:Folder`, or the connection's name for its INBOX";
      case CONNECTION -> "a name defined under `connections`";
      case ADDRESS -> "`name@host` or `Name <name@host>`";
      case BOOLEAN -> "`true` or `false`";
      case INTEGER -> "`10`";
      case NUMBER -> "`10` or `1.5`";
      case DURATION -> "`500ms`, `10s`, `5m`, `1h` or `2d`; a day has 24 hours";
      case SIZE -> "`10`, `512KiB`, `20MiB` or `1GB`; bytes without a unit";
      case PERCENT -> "`20%`, from 0% to 100%";
    };
  }

  private void expressions() {
    page.append(
        """

        ## Expressions

        `${path | filter('argument')}` stands in texts; `$${` is the two characters themselves. An unknown name is an error when the
        file is read, and so is a filter that cannot take what is known to stand before it. Before a run only `vars` are known, in a
        parameter's default also `run` and `job`.

        | path | what it is |
        |---|---|
        | `vars.NAME` | a text of `vars` |
        | `params.NAME` | a parameter of the job |
        | `steps.ID.OUTPUT` | what an earlier step left behind; see each kind of step |
        """);
    row("run", ExpressionRoots.RUN.keySet(), "of this run");
    row(
        "run.error",
        ExpressionRoots.RUN_ERROR.keySet(),
        "why it failed; in `on-failure` and `always` only. In `on-failure` of `each`: why the item did");
    row("job", ExpressionRoots.JOB.keySet(), "of this job");
    page.append(
        "| `item`, `item.NAME` | the item, and what it has if it is a mapping; %s |\n"
            .formatted(knownOnly("item")));
    row(
        "each",
        ExpressionRoots.EACH.keySet(),
        "how many items there were, and how many of them ended so; " + knownOnly("each"));
    row(
        "trigger",
        ExpressionRoots.TRIGGER.values().stream()
            .flatMap(names -> names.keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new)),
        "what started the run: lists of files or messages, or a job; " + knownOnly("trigger"));
    row("trigger.run", ExpressionRoots.TRIGGER_RUN.keySet(), "of that job's run");
    perItem();
    page.append("\n| filter | takes | yields | what it does |\n|---|---|---|---|\n");
    for (Filter filter : Filters.standard().all()) {
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  filter.usage(),
                  filter.signature().takesInWords(),
                  filter.signature().yields().form().words(),
                  cell(filter.doc())));
    }
  }

  private static String knownOnly(String root) {
    return ExpressionRoots.OF_SOME_PLACES.getOrDefault(root, "in some keys").replace('"', '`')
        + " only";
  }

  /** Writes what texts can read that are rendered for each item of a step. */
  private void perItem() {
    Map<String, Set<String>> roots = new TreeMap<>();
    registry.keys().stream()
        .map(known -> known.key().type())
        .filter(ValueType.PerItem.class::isInstance)
        .map(ValueType.PerItem.class::cast)
        .forEach(
            type ->
                type.roots()
                    .forEach(
                        (root, names) ->
                            roots
                                .computeIfAbsent(root, any -> new LinkedHashSet<>())
                                .addAll(names)));
    roots.forEach(
        (root, names) -> row(root, names, "of the one that is written; " + knownOnly(root)));
  }

  private void row(String root, Collection<String> names, String what) {
    String paths =
        names.stream().map(name -> "`" + root + "." + name + "`").collect(Collectors.joining(", "));
    page.append("| %s | %s |\n".formatted(paths, what));
  }

  /**
   * Finds the mappings that get tables of their own: large ones, and those that several keys have.
   */
  private void collect(Block around) {
    IdentityHashMap<ValueType.Group, Integer> uses = new IdentityHashMap<>();
    count(around.group(), uses);
    find(around.group(), "", uses);
  }

  private static void count(ValueType.Group group, IdentityHashMap<ValueType.Group, Integer> uses) {
    for (Key key : group.keys()) {
      for (ValueType.Group inner : KnownKey.groupsIn(key.type())) {
        if (uses.merge(inner, 1, Integer::sum) == 1) {
          count(inner, uses);
        }
      }
    }
  }

  private void find(
      ValueType.Group group, String path, IdentityHashMap<ValueType.Group, Integer> uses) {
    for (Key key : group.keys()) {
      for (ValueType.Group inner : KnownKey.groupsIn(key.type())) {
        String place = place(path, key);
        Optional<StepType<?>> kind = registry.kindOf(group, key);
        Block known = blocks.get(inner);
        if (known != null) {
          known.places().add(place);
          continue;
        }
        boolean hasOwnTable =
            kind.isPresent()
                || uses.getOrDefault(inner, 0) > 1
                || KeyRegistry.variant(inner).isPresent()
                || inner.keys().size() > MOST_INLINE;
        if (hasOwnTable) {
          String title =
              KeyRegistry.variant(inner)
                  .map(type -> "`" + key.name() + "` of `type: " + type + "`")
                  .orElse("`" + key.name() + "`");
          boolean isFirst = titles.merge(title, 1, Integer::sum) == 1;
          Block block =
              new Block(
                  isFirst ? title : title + " in `" + last(path) + "`",
                  inner,
                  new LinkedHashSet<>(Set.of(place)),
                  kind);
          blocks.put(inner, block);
        }
        find(inner, place, uses);
      }
    }
  }

  private static String place(String path, Key key) {
    String place = path.isEmpty() ? key.name() : path + "." + key.name();
    return hasNames(key.type()) ? place + "." + KeyRegistry.NAME : place;
  }

  private static boolean hasNames(ValueType type) {
    return type instanceof ValueType.MapOf
        || (type instanceof ValueType.ListOf list && hasNames(list.element()));
  }

  private static String last(String path) {
    String[] names = path.replace("." + KeyRegistry.NAME, "").split("\\.", -1);
    return names[names.length - 1];
  }

  private void table(Block block) {
    page.append("\n## ").append(block.title()).append("\n\n");
    block.kind().ifPresent(kind -> page.append(kind.doc()).append("\n\n"));
    if (!block.places().isEmpty()) {
      page.append("At ")
          .append(
              block.places().stream()
                  .map(each -> "`" + each + "`")
                  .collect(Collectors.joining(", ")))
          .append(".");
      if (!block.group().choice().isEmpty()) {
        page.append(" Exactly one of ")
            .append(
                block.group().choice().stream()
                    .map(each -> "`" + each + "`")
                    .collect(Collectors.joining(", ")))
            .append(".");
      }
      page.append("\n\n");
    }
    page.append(HEAD);
    rows(block.group(), "");
    block.kind().ifPresent(this::outputs);
  }

  private void rows(ValueType.Group group, String prefix) {
    for (Key key : group.keys()) {
      String name = prefix + key.name();
      page.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(name, holds(key), absent(key), cell(key.doc()), example(key)));
      String inside = hasNames(key.type()) ? name + "." + KeyRegistry.NAME : name;
      for (ValueType.Group inner : KnownKey.groupsIn(key.type())) {
        Block own = blocks.get(inner);
        if (own == null) {
          rows(inner, inside + ".");
        } else {
          toWrite.add(own);
        }
      }
    }
  }

  private String holds(Key key) {
    List<String> links =
        KnownKey.groupsIn(key.type()).stream()
            .map(blocks::get)
            .filter(own -> own != null)
            .map(own -> "[%s](#%s)".formatted(own.title(), anchor(own.title())))
            .toList();
    String words = cell(TypeWords.of(key));
    return links.isEmpty() ? words : words + ": " + String.join(", ", links);
  }

  // as GitHub makes them of headings
  private static String anchor(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }

  private static String absent(Key key) {
    return key.presence() == Key.Presence.REQUIRED
        ? "required"
        : key.fallback().map(words -> "`" + cell(words) + "`").orElse("");
  }

  private static String example(Key key) {
    return KeyExample.of(key).map(words -> "`" + cell(words) + "`").orElse("");
  }

  private void outputs(StepType<?> kind) {
    if (kind.outputs().isEmpty()) {
      return;
    }
    page.append("\n| output | holds | what it is |\n|---|---|---|\n");
    new TreeMap<>(kind.outputs())
        .forEach(
            (name, doc) ->
                page.append(
                    "| `steps.ID.%s` | %s | %s |\n"
                        .formatted(
                            name,
                            kind.outputKinds().getOrDefault(name, ValueKind.UNKNOWN).form().words(),
                            cell(doc))));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
