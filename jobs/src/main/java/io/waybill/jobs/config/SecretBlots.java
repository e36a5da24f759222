package io.waybill.jobs.config;

import io.waybill.jobs.expression.NearestName;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what could be a secret in a file, so that no excerpt shows it: also where the file is
 * broken, the key misspelt, or the value in the wrong place. Rather too much is hidden than too
 * little.
 */
final class SecretBlots {
  private static final String TELLTALE =
      "(?:pas|pwd|secret|token|credential|key|auth|private|bearer)";
  private static final List<String> OFTEN_MISSPELT = List.of("password", "secret", "token");
  private static final Pattern TELLTALE_NAME = Pattern.compile(TELLTALE, Pattern.CASE_INSENSITIVE);
  private static final Pattern TELLTALE_LINE =
      Pattern.compile(
          TELLTALE + "[\\w.-]*[\"']?\\s*[:=]\\s*([^\\r\\n]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern PASSWORD_IN_URI = Pattern.compile("://[^/\\s:@\"']*:([^/\\s\"']+)@");
  private static final Pattern PASSWORD_IN_QUERY =
      Pattern.compile(
          "[?&;](?:password|pwd|token|secret)=([^&;\\s\"']+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern LINE = Pattern.compile("[^\\r\\n]+");
  private static final Pattern SECRETS_LINE = Pattern.compile("[\"']?secrets[\"']?\\s*:.*");
  private static final Set<String> NAMED = Set.of("jobs", "connections", "calendars", "alerts");
  private static final Set<String> KEYS_OF_A_SOURCE =
      Set.of("env", "file", "timeout", "keystore", "store");

  private SecretBlots() {}

  /** Hides in a file whose structure is known. */
  static void inTree(YamlNode root, SourceText source) {
    inUris(source);
    if (root instanceof YamlNode.Mapping top) {
      for (YamlNode.Entry entry : top.entries()) {
        if (entry.name().equals("secrets")) {
          inSecrets(entry.value(), source);
        } else if (NAMED.contains(entry.name())) {
          inNamed(entry, source);
        } else {
          walk(entry, source);
        }
      }
    }
  }

  /**
   * Hides in a file that could not be parsed: everything behind a telltale key, up to its line's
   * end.
   */
  static void inBroken(SourceText source) {
    inUris(source);
    blot(TELLTALE_LINE.matcher(source.text()), 1, source);
    secretsSection(source);
  }

  // From "secrets:" to the next line that begins at the margin.
  private static void secretsSection(SourceText source) {
    boolean inside = false;
    Matcher line = LINE.matcher(source.text());
    while (line.find()) {
      boolean indented = " \t#".indexOf(line.group().charAt(0)) >= 0;
      inside = indented ? inside : SECRETS_LINE.matcher(line.group()).matches();
      if (inside) {
        source.blot(line.start(), line.end());
      }
    }
  }

  private static void inUris(SourceText source) {
    blot(PASSWORD_IN_URI.matcher(source.text()), 1, source);
    blot(PASSWORD_IN_QUERY.matcher(source.text()), 1, source);
  }

  private static void walk(YamlNode.Entry entry, SourceText source) {
    if (isTelltale(entry.name())) {
      inSecrets(entry.value(), source);
    } else if (entry.value() instanceof YamlNode.Mapping mapping) {
      mapping.entries().forEach(inner -> walk(inner, source));
    } else if (entry.value() instanceof YamlNode.Items items) {
      items.elements().forEach(each -> walk(new YamlNode.Entry(entry.key(), each), source));
    }
  }

  // what is called "past-orders" tells nothing by that, if it has keys of its own
  private static void inNamed(YamlNode.Entry section, SourceText source) {
    if (!(section.value() instanceof YamlNode.Mapping named)) {
      walk(section, source);
      return;
    }
    for (YamlNode.Entry entry : named.entries()) {
      if (entry.value() instanceof YamlNode.Mapping mapping) {
        mapping.entries().forEach(inner -> walk(inner, source));
      } else {
        walk(entry, source);
      }
    }
  }

  private static boolean isTelltale(String name) {
    return TELLTALE_NAME.matcher(name).find() || NearestName.of(name, OFTEN_MISSPELT).isPresent();
  }

  private static void inSecrets(YamlNode node, SourceText source) {
    if (node instanceof YamlNode.Scalar scalar) {
      blot(scalar, source);
    } else if (node instanceof YamlNode.Items items) {
      items.elements().forEach(each -> inSecrets(each, source));
    } else if (node instanceof YamlNode.Mapping mapping) {
      for (YamlNode.Entry entry : mapping.entries()) {
        if (!KEYS_OF_A_SOURCE.contains(entry.name())) {
          inSecrets(entry.value(), source);
        }
      }
    }
  }

  private static void blot(YamlNode.Scalar scalar, SourceText source) {
    boolean reference = scalar.text().matches("\\s*\\$\\{[^{}]*\\}\\s*");
    if (!reference && !scalar.isNothing()) {
      source.blot(scalar.origin().start(), scalar.origin().end());
    }
  }

  private static void blot(Matcher matcher, int group, SourceText source) {
    while (matcher.find()) {
      source.blot(matcher.start(group), matcher.end(group));
    }
  }
}
