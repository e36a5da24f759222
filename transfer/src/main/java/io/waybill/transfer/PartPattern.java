package io.waybill.transfer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How unfinished files are called at a server, for those that refuse names with a leading dot or
 * whose own readers pass over certain endings only. {@code {name}} stands for the first 100 bytes
 * of the target's name, {@code {id}} for 16 letters and digits that tell its parts from each other.
 */
public final class PartPattern {
  /** What an id looks like, as a regular expression without groups. */
  public static final String ID_SHAPE = "[0-9a-f]{16}|[go][0-9a-f]{15}";

  private static final String ASIDE_SHAPE = "o[0-9a-f]{15}";
  private static final String NAME = "{name}";
  private static final String ID = "{id}";
  private static final int MOST_BYTES = 64;

  /** Hidden names that end in {@code .wbpart}. */
  public static final PartPattern USUAL = of(".{name}.{id}.wbpart");

  private final String text;
  private final Pattern shape;
  private final Pattern aside;

  private PartPattern(String text) {
    this.text = text;
    this.shape = shape(text, ID_SHAPE);
    this.aside = shape(text, ASIDE_SHAPE);
  }

  private static Pattern shape(String text, String id) {
    return Pattern.compile(
        Pattern.quote(text).replace(NAME, "\\E(.+)\\Q").replace(ID, "\\E(?:" + id + ")\\Q"),
        Pattern.DOTALL);
  }

  /**
   * Reads a pattern.
   *
   * @param text at most 64 bytes, such as {@code {name}.{id}.tmp}
   * @throws IllegalArgumentException if it could not be told from the names of other files, or is
   *     no name everywhere
   */
  public static PartPattern of(String text) {
    String fixed = text.replace(NAME, "").replace(ID, "");
    String shown = text.replaceAll("\\p{Cntrl}", "?");
    if (count(text, NAME) != 1 || count(text, ID) != 1) {
      throw new IllegalArgumentException(
          "a part file's name needs {name} and {id}, each once, as in \"{name}.{id}.tmp\", and not \"%s\""
              .formatted(shown));
    }
    if (fixed.chars().filter(Character::isLetter).count() < 2) {
      throw new IllegalArgumentException(
          "\"%s\" would not be told from the names of other files: write two letters or more beside {name} and {id}, as in \"{name}.{id}.tmp\""
              .formatted(shown));
    }
    if (fixed.chars().anyMatch(c -> c <= ' ' || c == 0x7f || "/\\:*?\"<>|{}[]".indexOf(c) >= 0)
        || fixed.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "\"%s\" is no name that every server takes: leave out blanks and /\\:*?\"<>|{}[], and use %d bytes at most"
              .formatted(shown, MOST_BYTES));
    }
    return new PartPattern(text);
  }

  private static int count(String text, String what) {
    return (text.length() - text.replace(what, "").length()) / what.length();
  }

  /**
   * Returns the name of one part file.
   *
   * @param head what is in it of the target's name
   * @param id as {@link #ID_SHAPE}
   */
  public String name(String head, String id) {
    return text.replace(ID, id).replace(NAME, head);
  }

  /** Says whether a name is one that this makes, or that {@link #USUAL} does. */
  public boolean isPart(String fileName) {
    return shape.matcher(fileName).matches() || USUAL.shape.matcher(fileName).matches();
  }

  /**
   * Returns what is told of its target's name by the name of one that stands aside between two
   * renames; empty for every other name.
   */
  public Optional<String> asideOf(String fileName) {
    for (Pattern each : List.of(aside, USUAL.aside)) {
      Matcher found = each.matcher(fileName);
      if (found.matches()) {
        return Optional.of(found.group(1));
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
