package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.mail.MailException;
import io.waybill.mail.template.MailTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks, while the job file is read, at files that people put there and no step makes. */
final class SuppliedFiles {
  private SuppliedFiles() {}

  /**
   * Returns which of the files of some keys are not there; those that only the run knows may be.
   */
  static List<ArgumentMistake> missing(Arguments arguments, List<String> keys) {
    List<ArgumentMistake> missing = new ArrayList<>();
    for (String key : keys) {
      Object value = known(arguments, key).orElse(List.of());
      if (value instanceof List<?> files) {
        for (int i = 0; i < files.size(); i++) {
          String index = Integer.toString(i);
          known(files, i)
              .flatMap(SuppliedFiles::missing)
              .ifPresent(why -> missing.add(new ArgumentMistake(List.of(key, index), why)));
        }
      } else {
        missing((String) value)
            .ifPresent(why -> missing.add(new ArgumentMistake(List.of(key), why)));
      }
    }
    return missing;
  }

  /** Returns what is wrong with the files of a message, as far as they are known. */
  static List<ArgumentMistake> ofMessage(Arguments arguments) {
    List<ArgumentMistake> doubts =
        new ArrayList<>(missing(arguments, List.of("template", "calendar")));
    known(arguments, "template")
        .map(file -> Path.of((String) file))
        .filter(Files::isRegularFile)
        .flatMap(SuppliedFiles::unreadable)
        .ifPresent(why -> doubts.add(new ArgumentMistake(List.of("template"), why)));
    return doubts;
  }

  private static Optional<Object> known(Arguments arguments, String key) {
    try {
      return arguments.find(key);
    } catch (Arguments.Unknown e) {
      return Optional.empty(); // the run tells
    }
  }

  private static Optional<String> known(List<?> files, int index) {
    try {
      return Optional.of((String) files.get(index));
    } catch (Arguments.Unknown e) {
      return Optional.empty(); // the run tells
    }
  }

  private static Optional<String> missing(String file) {
    return Files.exists(Path.of(file))
        ? Optional.empty()
        : Optional.of("there is no file " + file + "; the step fails as long as there is none");
  }

  private static Optional<String> unreadable(Path template) {
    try {
      MailTemplate unused = MailTemplate.load(template);
      return Optional.empty();
    } catch (MailException e) {
      return Optional.of(
          "the template cannot be used, and the step fails as long as it is so: " + e.getMessage());
    }
  }
}
