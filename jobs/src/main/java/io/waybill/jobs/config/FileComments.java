package io.waybill.jobs.config;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The comments and blank lines of a file, and what they belong to: an entry of a mapping or an
 * element of a list, which is called a part here.
 */
final class FileComments {
  private static final String STRUCTURE = " \t\r\n:,-{}[]";

  private final SourceText source;
  private final List<Origin> scalars = new ArrayList<>();
  private final List<Origin> flows = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final List<Comment> all = new ArrayList<>();
  private final IdentityHashMap<Object, Attached> attached = new IdentityHashMap<>();
  private final List<String> head = new ArrayList<>();
  private final List<String> tail = new ArrayList<>();
  private Optional<Origin> obstacle = Optional.empty();

  /** A part: the entry, or the element's node, and where it begins. */
  private record Part(Object owner, int start, int column) {}

  /** A comment, from its {@code #} to the end of its line. */
  private record Comment(int start, int column, boolean isAlone, String text) {}

  /** What belongs to a part. */
  static final class Attached {
    private final List<String> before = new ArrayList<>();
    private final List<String> after = new ArrayList<>();
    private Optional<String> beside = Optional.empty();
    private int besideColumn;
    private boolean hasBlankBefore;

    /** Returns the comments before it, and single blank lines between and behind them. */
    List<String> before() {
      return before;
    }

    /** Returns the comments behind it, and single blank lines before them. */
    List<String> after() {
      return after;
    }

    Optional<String> beside() {
      return beside;
    }

    /** Returns the column in which the comment beside it begins, from 1. */
    int besideColumn() {
      return besideColumn;
    }

    /** Returns whether there is a blank line before it and its comments. */
    boolean hasBlankBefore() {
      return hasBlankBefore;
    }

    private boolean hasComments() {
      return beside.isPresent() || !before.isEmpty() || !after.isEmpty();
    }
  }

  private FileComments(SourceText source) {
    this.source = source;
  }

  static FileComments of(SourceText source, YamlNode root) {
    FileComments comments = new FileComments(source);
    comments.collect(root);
    comments.scan();
    comments.all.forEach(comments::attach);
    comments.blanks();
    return comments;
  }

  /** Returns the first place that cannot be written anew: an anchor, an alias, a mark. */
  Optional<Origin> obstacle() {
    return obstacle;
  }

  /** Returns the comments before everything else, and single blank lines between them. */
  List<String> head() {
    return head;
  }

  /** Returns the comments behind everything else, and single blank lines between them. */
  List<String> tail() {
    return tail;
  }

  /** Returns the text of every comment, sorted. */
  List<String> texts() {
    return all.stream().map(Comment::text).sorted().toList();
  }

  /** Returns what belongs to an entry, or to an element's node. */
  Attached of(Object owner) {
    Attached known = attached.get(owner);
    return known == null ? new Attached() : known;
  }

  /** Returns whether there are comments inside of a mapping or a list. */
  boolean areIn(YamlNode node) {
    if (node instanceof YamlNode.Items items) {
      return items.elements().stream().anyMatch(each -> of(each).hasComments() || areIn(each));
    }
    return node instanceof YamlNode.Mapping mapping
        && mapping.entries().stream()
            .anyMatch(entry -> of(entry).hasComments() || areIn(entry.value()));
  }

  private void collect(YamlNode node) {
    if (node instanceof YamlNode.Scalar) {
      scalar(node.origin());
      return;
    }
    String raw = node.origin().raw();
    if (raw.startsWith("{") || raw.startsWith("[")) {
      flows.add(node.origin());
    }
    if (node instanceof YamlNode.Items items) {
      for (YamlNode each : items.elements()) {
        part(each, each.origin().start());
        collect(each);
      }
    } else if (node instanceof YamlNode.Mapping mapping) {
      for (YamlNode.Entry entry : mapping.entries()) {
        part(entry, entry.key().origin().start());
        scalar(entry.key().origin());
        collect(entry.value());
      }
    }
  }

  private void scalar(Origin scalar) {
    if (scalar.start() < scalar.end()) {
      scalars.add(scalar);
    }
  }

  private void part(Object owner, int start) {
    parts.add(new Part(owner, start, source.position(start).column()));
  }

  // Outside of scalars there are comments, and what holds the structure together.
  private void scan() {
    String text = source.text();
    int next = 0;
    int at = 0;
    while (at < text.length()) {
      if (next < scalars.size() && at >= scalars.get(next).start()) {
        at = Math.max(at, scalars.get(next).end());
        next++;
      } else if (text.charAt(at) == '#') {
        at = comment(at);
      } else {
        boolean isMark = text.startsWith("---", at) || text.startsWith("...", at);
        if (obstacle.isEmpty() && (isMark || STRUCTURE.indexOf(text.charAt(at)) < 0)) {
          obstacle = Optional.of(source.at(at));
        }
        at++;
      }
    }
  }

  private int comment(int start) {
    String text = source.text();
    int end = start;
    while (end < text.length() && "\r\n".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    int line = start;
    while (line > 0 && "\r\n".indexOf(text.charAt(line - 1)) < 0) {
      line--;
    }
    all.add(
        new Comment(
            start,
            source.position(start).column(),
            text.substring(line, start).isBlank(),
            text.substring(start, end).stripTrailing()));
    return end;
  }

  private void attach(Comment comment) {
    int next = 0;
    while (next < parts.size() && parts.get(next).start() < comment.start()) {
      next++;
    }
    if (next == 0) {
      addApart(head, comment);
      return;
    }
    if (!comment.isAlone()) {
      beside(comment, next);
      return;
    }
    boolean isDeeper = next < parts.size() && comment.column() > parts.get(next).column();
    if (next < parts.size() && !isDeeper) {
      before(made(parts.get(next).owner()), comment);
    } else if (comment.column() == 1) {
      addApart(tail, comment);
    } else {
      // the end of a block that is indented as the comment is
      List<String> after = made(lastNotDeeper(comment, next)).after;
      if (source.hasBlankLineBefore(comment.start())) {
        after.add("");
      }
      after.add(comment.text());
    }
  }

  private void before(Attached owner, Comment comment) {
    if (owner.before.isEmpty()) {
      owner.hasBlankBefore = source.hasBlankLineBefore(comment.start());
    }
    addApart(owner.before, comment);
  }

  // what a blank line keeps apart stays so
  private void addApart(List<String> texts, Comment comment) {
    if (!texts.isEmpty() && source.hasBlankLineBefore(comment.start())) {
      texts.add("");
    }
    texts.add(comment.text());
  }

  private Object lastNotDeeper(Comment comment, int next) {
    for (int i = next - 1; i > 0; i--) {
      if (parts.get(i).column() <= comment.column() && !isInside(parts.get(i), comment)) {
        return parts.get(i).owner();
      }
    }
    return parts.get(0).owner();
  }

  private void beside(Comment comment, int next) {
    int owner = next - 1;
    while (owner > 0 && isInside(parts.get(owner), comment)) {
      owner--;
    }
    Attached attached = made(parts.get(owner).owner());
    if (attached.beside.isPresent()) {
      attached.before.add(comment.text());
    } else {
      attached.beside = Optional.of(comment.text());
      attached.besideColumn = comment.column();
    }
  }

  /** Returns whether a part stands between braces that are closed before the comment. */
  private boolean isInside(Part part, Comment comment) {
    return flows.stream()
        .anyMatch(
            flow ->
                flow.start() < part.start()
                    && part.start() < flow.end()
                    && flow.end() <= comment.start());
  }

  private Attached made(Object owner) {
    return attached.computeIfAbsent(owner, key -> new Attached());
  }

  private void blanks() {
    int last = -1;
    for (Part part : parts) {
      // what begins an element is no part of its own there
      if (part.start() != last && source.hasBlankLineBefore(part.start())) {
        Attached own = made(part.owner());
        if (own.before.isEmpty()) {
          own.hasBlankBefore = true;
        } else {
          own.before.add(""); // between its comments and itself
        }
      }
      last = part.start();
    }
  }
}
