package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.config.FileComments.Attached;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a job file in one form: keys in the registry's order, two blanks for each level, {@code {
 * a: b }} and {@code [a, b]} on one line. Names of yours keep their order, values are written as
 * they were, comments stay with what they are beside or before, single blank lines stay.
 */
public final class JobFileFormat {
  private static final int INDENT = 2;
  private static final int WIDEST_JOINED = 100;
  private static final List<String> FIRST_IN_A_STEP = List.of("id", "if");

  private final FileComments comments;
  private final List<String> lines = new ArrayList<>();

  private JobFileFormat(FileComments comments) {
    this.comments = comments;
  }

  /**
   * Returns the files that are meant by names of files and directories.
   *
   * @throws InvalidJobFile if a directory has none
   */
  public static List<Path> files(List<Path> named) {
    Problems problems = new Problems();
    List<Path> files = new JobFileDirectory(problems).files(named);
    problems.throwIfErrors(named.stream().map(Path::toString).toList());
    return files;
  }

  /**
   * Returns a file's text in that form.
   *
   * @throws InvalidJobFile if it is no YAML that the loader takes; what is in it does not matter
   * @throws JobException.Configuration if it has anchors and aliases, or something else that cannot
   *     be written anew without a change of its meaning
   */
  public static String of(Path file, KeyRegistry registry) {
    Problems problems = new Problems();
    Optional<SourceText> source = new SourceReader(problems).read(file);
    problems.throwIfErrors(List.of(file.toString()));
    return of(source.orElseThrow(), registry);
  }

  /** Returns a text in that form; otherwise as {@link #of(Path, KeyRegistry)}. */
  static String of(SourceText source, KeyRegistry registry) {
    YamlNode root = parsed(source);
    FileComments comments = FileComments.of(source, root);
    comments
        .obstacle()
        .ifPresent(
            place -> {
              throw refused(place.position().toString(), "an anchor, an alias or a mark");
            });
    String lines = new JobFileFormat(comments).written(root, registry.top());
    String text = hasDosLines(source.text()) ? lines.replace("\n", "\r\n") : lines;
    SourceText written = new SourceText(source.name(), text);
    YamlNode again = parsed(written);
    boolean isSame =
        isSame(root, again) && comments.texts().equals(FileComments.of(written, again).texts());
    if (!isSame) {
      throw refused(source.name(), "something");
    }
    return text;
  }

  // lines end as the first one does
  private static boolean hasDosLines(String text) {
    int end = text.indexOf('\n');
    return end > 0 && text.charAt(end - 1) == '\r';
  }

  private static YamlNode parsed(SourceText source) {
    Problems problems = new Problems();
    Optional<YamlNode> root = YamlTreeReader.read(source, problems);
    problems.throwIfErrors(List.of(source.name()));
    return root.orElseThrow();
  }

  private static JobException.Configuration refused(String where, String what) {
    return new JobException.Configuration(
        where
            + ": there is "
            + what
            + " that cannot be arranged without a change of meaning; the file is left as it is");
  }

  /** Returns whether two trees say the same; the order of keys says nothing. */
  static boolean isSame(YamlNode one, YamlNode other) {
    if (one instanceof YamlNode.Scalar a && other instanceof YamlNode.Scalar b) {
      return a.isNothing() == b.isNothing()
          && (a.isNothing() || (a.text().equals(b.text()) && a.plain() == b.plain()));
    }
    if (one instanceof YamlNode.Items a && other instanceof YamlNode.Items b) {
      boolean same = a.elements().size() == b.elements().size();
      for (int i = 0; same && i < a.elements().size(); i++) {
        same = isSame(a.elements().get(i), b.elements().get(i));
      }
      return same;
    }
    return one instanceof YamlNode.Mapping a
        && other instanceof YamlNode.Mapping b
        && a.entries().size() == b.entries().size()
        && a.entries().stream()
            .allMatch(
                entry ->
                    b.find(entry.name())
                        .filter(found -> isSame(entry.value(), found.value()))
                        .isPresent());
  }

  private String written(YamlNode root, ValueType type) {
    comments.head().forEach(lines::add);
    if (!comments.head().isEmpty() && isBlankAfterHead(root)) {
      lines.add("");
    }
    if (root instanceof YamlNode.Mapping mapping && !mapping.entries().isEmpty()) {
      mapping(mapping, type, 0);
    } else if (root instanceof YamlNode.Items items && !items.elements().isEmpty()) {
      items(items, type, 0);
    } else {
      lines.add(root.origin().raw().strip());
    }
    if (!comments.tail().isEmpty()) {
      lines.add("");
      comments.tail().forEach(lines::add);
    }
    return String.join("\n", lines) + "\n";
  }

  private boolean isBlankAfterHead(YamlNode root) {
    return root instanceof YamlNode.Mapping mapping
        && root.origin().source().hasBlankLineBefore(mapping.origin().start());
  }

  private void mapping(YamlNode.Mapping mapping, ValueType type, int indent) {
    boolean isFirst = true;
    for (YamlNode.Entry entry : ordered(mapping, type)) {
      ValueType inner = inner(type, mapping, entry.name());
      boolean isBlock = isBlock(entry.value());
      Attached own = comments.of(entry);
      if (!isFirst && (own.hasBlankBefore() || (indent == 0 && isBlock))) {
        lines.add("");
      }
      comments(own.before(), indent);
      String begin = " ".repeat(indent) + entry.key().origin().raw() + ":";
      value(begin, entry.value(), inner, indent, own);
      comments(own.after(), indent);
      isFirst = false;
    }
  }

  private void items(YamlNode.Items items, ValueType type, int indent) {
    ValueType element = element(type);
    boolean isFirst = true;
    for (YamlNode each : items.elements()) {
      Attached own = comments.of(each);
      if (!isFirst && own.hasBlankBefore()) {
        lines.add("");
      }
      comments(own.before(), indent);
      if (isBlock(each)) {
        own.beside().ifPresent(beside -> lines.add(" ".repeat(indent) + beside));
        int dash = lines.size();
        block(each, element, indent + INDENT);
        startWithDash(dash, indent);
      } else {
        value(" ".repeat(indent) + "-", each, element, indent, own);
      }
      comments(own.after(), indent);
      isFirst = false;
    }
  }

  // what comes first in an element may have comments before it, and they stay before the dash
  private void startWithDash(int from, int indent) {
    int first = from;
    while (lines.get(first).isEmpty() || lines.get(first).strip().startsWith("#")) {
      String comment = lines.get(first).strip();
      lines.set(first, comment.isEmpty() ? "" : " ".repeat(indent) + comment);
      first++;
    }
    lines.set(first, " ".repeat(indent) + "- " + lines.get(first).substring(indent + INDENT));
  }

  private void block(YamlNode node, ValueType type, int indent) {
    if (node instanceof YamlNode.Mapping mapping) {
      mapping(mapping, type, indent);
    } else if (node instanceof YamlNode.Items items) {
      items(items, type, indent);
    }
  }

  /** Writes what stands behind a key or a dash. */
  private void value(String begin, YamlNode node, ValueType type, int indent, Attached own) {
    if (isBlock(node)) {
      lines.add(withComment(begin, own));
      block(node, type, indent + INDENT);
      return;
    }
    List<String> text =
        node instanceof YamlNode.Scalar
            ? scalar(node.origin().raw(), indent)
            : List.of(flow(node, type));
    String first = text.get(0).isEmpty() ? begin : begin + " " + text.get(0);
    if (text.size() == 1) {
      lines.add(withComment(first, own));
    } else {
      own.beside().ifPresent(beside -> lines.add(" ".repeat(indent) + beside));
      lines.add(first);
      lines.addAll(text.subList(1, text.size()));
    }
  }

  private static String withComment(String line, Attached own) {
    return own.beside()
        .map(
            beside -> {
              int blanks = Math.max(2, own.besideColumn() - 1 - line.length());
              return line + " ".repeat(blanks) + beside;
            })
        .orElse(line);
  }

  private void comments(List<String> texts, int indent) {
    texts.forEach(text -> lines.add(text.isEmpty() ? "" : " ".repeat(indent) + text));
  }

  /** Returns the lines of a scalar as it was written, those after the first indented anew. */
  private static List<String> scalar(String raw, int indent) {
    List<String> given = raw.stripTrailing().lines().toList();
    if (given.size() < 2) {
      return List.of(raw.strip());
    }
    boolean isLiteral = raw.startsWith("|") || raw.startsWith(">");
    int least =
        given.subList(1, given.size()).stream()
            .filter(line -> !line.isBlank())
            .mapToInt(line -> line.length() - line.stripLeading().length())
            .min()
            .orElse(0);
    List<String> text = new ArrayList<>();
    text.add(given.get(0).strip());
    for (String line : given.subList(1, given.size())) {
      String content = isLiteral ? line.substring(Math.min(least, line.length())) : line.strip();
      text.add(content.isBlank() ? "" : " ".repeat(indent + INDENT) + content);
    }
    return text;
  }

  /** Returns whether a node is written on lines of its own. */
  private boolean isBlock(YamlNode node) {
    if (node instanceof YamlNode.Scalar) {
      return false;
    }
    boolean isEmpty =
        node instanceof YamlNode.Items items
            ? items.elements().isEmpty()
            : ((YamlNode.Mapping) node).entries().isEmpty();
    if (isEmpty) {
      return false;
    }
    String raw = node.origin().raw();
    boolean isFlow = raw.startsWith("{") || raw.startsWith("[");
    if (!isFlow || comments.areIn(node) || !fitsOneLine(node)) {
      return true;
    }
    return raw.indexOf('\n') >= 0 && flow(node, new ValueType.Anything()).length() > WIDEST_JOINED;
  }

  private static boolean fitsOneLine(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar) {
      String raw = scalar.origin().raw();
      return !raw.isEmpty() && raw.indexOf('\n') < 0;
    }
    return node instanceof YamlNode.Items items
        ? items.elements().stream().allMatch(JobFileFormat::fitsOneLine)
        : ((YamlNode.Mapping) node)
            .entries().stream()
                .allMatch(entry -> fitsOneLine(entry.key()) && fitsOneLine(entry.value()));
  }

  private static String flow(YamlNode node, ValueType type) {
    if (node instanceof YamlNode.Items items) {
      ValueType element = element(type);
      return "["
          + String.join(", ", items.elements().stream().map(each -> flow(each, element)).toList())
          + "]";
    }
    if (node instanceof YamlNode.Mapping mapping) {
      List<String> entries =
          ordered(mapping, type).stream()
              .map(
                  entry ->
                      entry.key().origin().raw()
                          + ": "
                          + flow(entry.value(), inner(type, mapping, entry.name())))
              .toList();
      return entries.isEmpty() ? "{}" : "{ " + String.join(", ", entries) + " }";
    }
    return node.origin().raw().strip();
  }

  /** Returns the entries in the registry's order; unknown ones last, as they stand. */
  private static List<YamlNode.Entry> ordered(YamlNode.Mapping mapping, ValueType type) {
    Optional<ValueType.Group> group = group(type, mapping);
    if (group.isEmpty()) {
      return mapping.entries();
    }
    Map<String, Integer> order = new HashMap<>();
    List<String> names = new ArrayList<>();
    if (!group.get().choice().isEmpty()) {
      names.addAll(FIRST_IN_A_STEP);
      names.addAll(group.get().choice());
    }
    group.get().keys().forEach(key -> names.add(key.name()));
    names.forEach(name -> order.putIfAbsent(name, order.size()));
    return mapping.entries().stream()
        .sorted(
            Comparator.comparingInt(entry -> order.getOrDefault(entry.name(), Integer.MAX_VALUE)))
        .toList();
  }

  private static Optional<ValueType.Group> group(ValueType type, YamlNode.Mapping mapping) {
    if (type instanceof ValueType.Group group) {
      return Optional.of(group);
    }
    if (type instanceof ValueType.ListOf list) {
      return group(list.element(), mapping);
    }
    if (type instanceof ValueType.AnyOf any) {
      Optional<String> word =
          mapping
              .find("type")
              .map(YamlNode.Entry::value)
              .filter(YamlNode.Scalar.class::isInstance)
              .map(value -> ((YamlNode.Scalar) value).text());
      return any.types().stream()
          .filter(
              each -> KeyRegistry.variant(each).isEmpty() || KeyRegistry.variant(each).equals(word))
          .flatMap(each -> group(each, mapping).stream())
          .findFirst();
    }
    return Optional.empty();
  }

  private static ValueType inner(ValueType type, YamlNode.Mapping mapping, String name) {
    if (type instanceof ValueType.MapOf map) {
      return map.value();
    }
    return group(type, mapping).stream()
        .flatMap(group -> group.keys().stream())
        .filter(key -> key.name().equals(name))
        .map(Key::type)
        .findFirst()
        .orElse(new ValueType.Anything());
  }

  private static ValueType element(ValueType type) {
    if (type instanceof ValueType.AnyOf any) {
      return any.types().stream()
          .filter(ValueType.ListOf.class::isInstance)
          .findFirst()
          .map(JobFileFormat::element)
          .orElse(new ValueType.Anything());
    }
    return type instanceof ValueType.ListOf list ? list.element() : new ValueType.Anything();
  }
}
