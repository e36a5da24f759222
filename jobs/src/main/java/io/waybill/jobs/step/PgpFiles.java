package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which files of this machine a {@code pgp} step reads, and where it puts what it makes. */
final class PgpFiles {
  private PgpFiles() {}

  /** Reads {@code from}. */
  static List<Path> sources(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<List<Path>> sources =
        parts.each("from", () -> arguments.texts("from"), each -> local("from", each, connections));
    return parts.together(
        () -> {
          if (sources.get().isEmpty()) {
            throw new JobException.Configuration(
                new ArgumentMistake(List.of("from"), "\"from\" is an empty list"));
          }
          return sources.get();
        });
  }

  /** Reads {@code to}, which is a directory if it ends in a slash. */
  static Optional<PgpTarget> target(Arguments arguments, Connections connections) {
    return arguments
        .optionalText("to")
        .map(text -> new PgpTarget(local("to", text, connections), text.endsWith("/")));
  }

  static Path local(String key, String text, Connections connections) {
    if (Place.tellable(text, connections) instanceof Place.Local local) {
      return local.toPath();
    }
    throw new JobException.Configuration(
        "\"%s\" is a file of this machine, and %s is not; \"copy\" it here before, or there afterwards"
            .formatted(key, text));
  }

  /** Returns a name without the ending that encrypted files have. */
  static String decryptedName(Path from) {
    String name = String.valueOf(from.getFileName());
    String plain = name.replaceFirst("(?i)\\.(pgp|gpg|asc)$", "");
    if (plain.equals(name) || plain.isEmpty()) {
      throw new JobException.Configuration(
          "%s does not end in .pgp, .gpg or .asc, so that nobody knows what to call it decrypted; write a file for \"to\""
              .formatted(from));
    }
    return plain;
  }
}
