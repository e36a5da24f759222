package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.ItemText;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.UnsafePathException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where files go, and what they are called there.
 *
 * @param place a file, or a directory if its path ends in {@code /}
 * @param naming how each is called; empty for as it was
 */
record FileTarget(Place place, Optional<ItemText> naming) {
  /** What the text of a name can read of a file, under {@code file}. */
  static final List<String> OF_A_FILE =
      List.of("name", "path", "stem", "extension", "size", "modified");

  FileTarget {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(naming, "naming");
  }

  /**
   * Reads the keys {@code to} and {@code name}.
   *
   * @throws JobException.Configuration if they do not go together
   */
  static FileTarget of(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<Place> to = parts.part("to", () -> Place.of(arguments.text("to"), connections));
    FileTarget target = parts.together(() -> new FileTarget(to.get(), arguments.itemText("name")));
    if (target.naming().isPresent() && !target.place().path().endsWith("/")) {
      throw new JobException.Configuration(
          new ArgumentMistake(
              List.of("to"),
              "\"name\" says how files are called in a directory: put a \"/\" at the end of \"to\""));
    }
    return target;
  }

  /**
   * Gives a file the name that it gets, in the directory below the target in which it was below its
   * source.
   *
   * @throws JobException.Configuration if the text yields what is no name
   */
  Selected renamed(Selected file) {
    if (naming.isEmpty()) {
      return file;
    }
    String name = naming.get().of(Map.of("file", values(file)));
    requireName(name, file.place().toString());
    return new Selected(
        file.place(),
        SidecarFinder.join(SidecarFinder.parent(file.name()), name),
        file.entry(),
        file.settled());
  }

  private static Map<String, Object> values(Selected file) {
    String name = SidecarFinder.last(file.name());
    int dot = name.lastIndexOf('.');
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", name);
    values.put("path", file.name());
    values.put("stem", dot > 0 ? name.substring(0, dot) : name);
    values.put("extension", dot > 0 ? name.substring(dot) : "");
    if (file.entry().sizeBytes() != FileEntry.UNKNOWN_SIZE) {
      values.put("size", file.entry().sizeBytes());
    }
    file.entry().modified().ifPresent(time -> values.put("modified", time));
    return values;
  }

  /**
   * Checks what a text yields as a file's name.
   *
   * @param what the file that would be called so, for people
   * @throws JobException.Configuration if it is none
   */
  static void requireName(String name, String what) {
    boolean isOne =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.indexOf('/') < 0
            && name.indexOf('\\') < 0
            && name.chars().noneMatch(Character::isISOControl);
    if (!isOne) {
      throw new JobException.Configuration(
          "\"name\" yields \"%s\" for %s, which is no file name: it is not empty, and has no \"/\", \"\\\" or control character; nothing was done"
              .formatted(name.replaceAll("\\p{Cntrl}", "?"), what));
    }
    try {
      SafePath.requireTellable(name);
    } catch (UnsafePathException e) {
      throw new JobException.Configuration(
          "\"name\" yields for %s what cannot be used: %s".formatted(what, e.getMessage()), e);
    }
  }
}
