package io.waybill.jobs.config;

import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.NearestName;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that the connections exist that locations, mailboxes and connection keys name. */
final class ReferenceCheck {
  static final Set<String> URI_SCHEMES =
      Set.of(
          "file", "ftp", "ftps", "sftp", "http", "https", "waybill", "imap", "imaps", "smtp",
          "smtps", "mailto", "jdbc", "data");

  // Two characters at least: C:\x is a path.
  private static final Pattern PREFIX =
      Pattern.compile("([A-Za-z][A-Za-z0-9+._-]+):(.*)", Pattern.DOTALL);
  private static final Pattern PASSWORD_IN_URI =
      Pattern.compile("//[^/@]*:[^/@]*@.*", Pattern.DOTALL);

  private final Problems problems;

  ReferenceCheck(Problems problems) {
    this.problems = problems;
  }

  /** Checks a whole value. */
  boolean check(
      String text, ValueType.Scalar type, YamlNode.Scalar node, String name, Place place) {
    return switch (type) {
      case CONNECTION -> connection(text, node, place);
      case MAILBOX -> mailbox(text, node, place);
      case LOCATION -> location(text, node, name, place);
      default -> true;
    };
  }

  /**
   * Checks the text before the first expression of a value; what it says completely must be right
   * already.
   */
  boolean checkStart(
      String text, ValueType.Scalar type, YamlNode.Scalar node, String name, Place place) {
    boolean complete = text.indexOf(':') >= 0;
    return switch (type) {
      case MAILBOX -> !complete || mailbox(text, node, place);
      case LOCATION -> !complete || location(text, node, name, place);
      default -> true;
    };
  }

  private boolean location(String text, YamlNode.Scalar node, String name, Place place) {
    Matcher prefixed = PREFIX.matcher(text);
    if (!prefixed.matches()) {
      return true;
    }
    if (!prefixed.group(2).startsWith("//")) {
      return connection(prefixed.group(1), node, place);
    }
    String scheme = prefixed.group(1).toLowerCase(Locale.ROOT);
    if (!URI_SCHEMES.contains(scheme)) {
      problems.error(
          node.origin(),
          "\"" + name + "\" has an unknown URI scheme: \"" + scheme + "\"",
          NearestName.of(scheme, URI_SCHEMES.stream().sorted().toList()));
      return false;
    }
    if (PASSWORD_IN_URI.matcher(prefixed.group(2)).matches()) {
      problems.error(
          node.origin(),
          "\""
              + name
              + "\" holds a password in a URI; define a connection with a secret and name that");
      return false;
    }
    return true;
  }

  private boolean mailbox(String text, YamlNode.Scalar node, Place place) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    if (!connection(name, node, place)) {
      return false;
    }
    String type = place.definitions().connections().getOrDefault(name, "");
    if (!type.equals("imap") && !type.isEmpty()) {
      problems.error(node.origin(), noMailbox(name, type));
      return false;
    }
    return true;
  }

  /** Says that a connection of some type holds no mailbox. */
  static String noMailbox(String name, String type) {
    return "connection \""
        + name
        + "\" is of type "
        + type
        + ", and a mailbox is in one of type imap";
  }

  private boolean connection(String name, YamlNode.Scalar node, Place place) {
    Map<String, String> known = place.definitions().connections();
    if (known.containsKey(name)) {
      return true;
    }
    Optional<String> near = NearestName.of(name, known.keySet().stream().sorted().toList());
    problems.error(node.origin(), "unknown connection \"" + name + "\"", near);
    return false;
  }
}
