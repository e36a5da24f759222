package io.waybill.jobs.expression;

import io.waybill.jobs.ValueType;
import java.util.regex.Pattern;

/** Keeps what came out of an expression from leaving the directory that the file's author meant. */
final class PathGuard {
  // both separators, because the far side may be Windows; the ends of the text, and the colon of
  // "connection:.."
  private static final Pattern PARENT = Pattern.compile("(^|[/\\\\:])\\.\\.(\\z|[/\\\\])");
  private static final Pattern ENCODED_DOT = Pattern.compile("%2e", Pattern.CASE_INSENSITIVE);
  private static final Pattern ENCODED_SLASH =
      Pattern.compile("%(2f|5c)", Pattern.CASE_INSENSITIVE);

  private PathGuard() {}

  static boolean isPath(ValueType type) {
    return type == ValueType.Scalar.LOCATION
        || type == ValueType.Scalar.FILE
        || type == ValueType.Scalar.MAILBOX;
  }

  /**
   * Checks a location, a file or a mailbox that an expression helped to make; other types may hold
   * anything.
   *
   * @throws BadValueException if a segment is {@code ..}, also percent-encoded in a URI
   */
  static void check(String text, ValueType.Scalar type) {
    if (!isPath(type)) {
      return;
    }
    String decoded = text;
    if (text.contains("://")) {
      decoded = ENCODED_DOT.matcher(text).replaceAll(".");
      decoded = ENCODED_SLASH.matcher(decoded).replaceAll("/");
    }
    if (PARENT.matcher(decoded).find()) {
      throw new BadValueException(
          "is " + ScalarParser.quote(text) + ": an expression must not lead to \"..\" in a path");
    }
  }
}
