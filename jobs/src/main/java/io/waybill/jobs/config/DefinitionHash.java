package io.waybill.jobs.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Hashes what the file says about a job, so that two starts can be compared. Where it stands, its
 * comments, quotes and the order of its keys do not count.
 */
final class DefinitionHash {
  private final String around;

  /**
   * Prepares.
   *
   * @param zone of the file
   * @param defaults of all jobs, if there are any
   */
  DefinitionHash(ZoneId zone, Optional<YamlNode> defaults) {
    StringBuilder text = new StringBuilder();
    write(zone.getId(), text);
    defaults.ifPresent(node -> write(node, text));
    around = text.toString();
  }

  /** Returns the hash of a job's section, in hex. */
  String of(YamlNode job) {
    StringBuilder text = new StringBuilder(around).append('|');
    write(job, text);
    return HexFormat.of()
        .formatHex(sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static void write(YamlNode node, StringBuilder text) {
    if (node instanceof YamlNode.Mapping mapping) {
      List<YamlNode.Entry> sorted =
          mapping.entries().stream().sorted(Comparator.comparing(YamlNode.Entry::name)).toList();
      text.append('{');
      for (YamlNode.Entry entry : sorted) {
        write(entry.name(), text);
        write(entry.value(), text);
      }
      text.append('}');
    } else if (node instanceof YamlNode.Items items) {
      text.append('[');
      items.elements().forEach(element -> write(element, text));
      text.append(']');
    } else if (node instanceof YamlNode.Scalar scalar) {
      write(scalar.isNothing() ? "" : scalar.text(), text);
    }
  }

  // with its length, so that no two lists of texts look alike
  private static void write(String scalar, StringBuilder text) {
    text.append(scalar.length()).append(':').append(scalar);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
