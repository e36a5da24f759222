package io.waybill.jobs.step;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.json.Plain;
import io.waybill.transfer.Digest;
import io.waybill.transfer.sidecar.SidecarName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The keys that several kinds of steps about files have. */
final class FileKeys {
  static final ValueType ALGORITHM =
      new ValueType.OneOf(SidecarName.algorithms().stream().map(Digest.Algorithm::label).toList());

  static final Key FROM =
      Key.required(
              "from",
              new ValueType.ListOf(Scalar.LOCATION),
              "Files, directories (their contents are taken) or patterns; also the files that an earlier step yields, ${steps.ID.files}.")
          .withExample("\"bank:/out/*.csv\"");

  static final Key MATCH =
      Key.optional(
              "match",
              new ValueType.AnyOf(
                  List.of(
                      new ValueType.ListOf(Scalar.PATTERN),
                      new ValueType.Group(
                          List.of(
                              Key.required(
                                      "regex",
                                      Scalar.REGEX,
                                      "A regular expression that is found in the file's name; ^ and $ are its ends.")
                                  .withExample("\"^STMT_[0-9]{8}\""))))),
              "Which of the files, one pattern or several: *.csv in any directory, logs/*.gz by the path.")
          .withExample("\"*.csv\"");

  static final Key OLDER_THAN =
      Key.optional(
              "older-than", Scalar.DURATION, "Only files that were modified longer ago than that.")
          .withExample("90d");

  static final Key RATE =
      Key.optional(
              "rate",
              Scalar.TEXT,
              "How fast each connection may be, each way: 10MiB/s; else as is said of the connection.")
          .withExample("10MiB/s");

  private static final ValueType LEVEL =
      new ValueType.OneOf(List.of("size", "digest", "read-back"));

  private static final ValueType CHECK =
      new ValueType.OneOf(List.of("never", "if-any", "required"));

  private static final Key VERIFY =
      Key.optional(
          "verify",
          new ValueType.AnyOf(
              List.of(
                  LEVEL,
                  new ValueType.Group(
                      List.of(
                          Key.required("at-least", LEVEL, "The lowest level that will do."),
                          Key.optional(
                              "algorithm",
                              ALGORITHM,
                              "That of the digests in `files`, sha-256 if not given; if it is given, only sidecars of it count."),
                          Key.optional(
                              "sidecar",
                              CHECK,
                              "never",
                              "As `sidecar.check`; the stricter of both holds."))))),
          "size",
          "What must have been proven before a file gets its name.");

  private static final Key SIDECAR =
      Key.optional(
          "sidecar",
          new ValueType.Group(
              List.of(
                  Key.optional(
                      "check",
                      CHECK,
                      "never",
                      "Whether what is copied must have the digest that a sidecar of the source tells (`x.sha256`, `SHA256SUMS`)."),
                  Key.optional(
                      "write",
                      ALGORITHM,
                      "The algorithm of a sidecar that is written beside each target."))),
          "What is done with the files that hold other files' digests.");

  private FileKeys() {}

  /**
   * Returns the key that says how many files there may be.
   *
   * @param most the key below it that limits them; none if nothing does
   */
  static Key expect(Key... most) {
    List<Key> keys = new ArrayList<>();
    keys.add(Key.optional("min-files", Scalar.INTEGER, "0", "Fewer files are a failure."));
    keys.addAll(List.of(most));
    return Key.optional(
        "expect", new ValueType.Group(keys), "What the source is expected to hold.");
  }

  /** Returns the key below {@code expect} that allows any number of files. */
  static Key anyNumber() {
    return Key.optional(
            "max-files", Scalar.INTEGER, "More files are a failure, before anything is done.")
        .withExample("1000");
  }

  /** Returns the keys of a step that copies: from where to where, and how. */
  static List<Key> copying() {
    List<Key> keys = new ArrayList<>();
    keys.add(FROM);
    keys.add(MATCH);
    keys.add(
        Key.required(
                "to",
                Scalar.LOCATION,
                "The target; with a \"/\" at its end a directory, else a file.")
            .withExample("/srv/waybill/in/"));
    keys.add(
        Key.optional(
                "name",
                new ValueType.PerItem("file", FileTarget.OF_A_FILE),
                "How each file is called in the target: `${file.stem}-${run.date}${file.extension}`; as it was if not given.")
            .withExample("\"${file.stem}-${run.date}${file.extension}\""));
    keys.add(VERIFY);
    keys.add(SIDECAR);
    keys.add(RATE);
    keys.add(expect(anyNumber()));
    return keys;
  }

  /** Says whether one of the files that a step yields is on this machine. */
  static boolean isAnyHere(StepResult result) {
    return Plain.maps(result.outputs(), "files").stream()
        .map(file -> Plain.text(file, "location"))
        .anyMatch(each -> each.startsWith("/") || !Place.NAMED.matcher(each).matches());
  }

  /** What is known of files that were found, and not copied. */
  static final ValueKind FOUND_FILES = ValueKind.listOf("name", "location", "size", "modified");

  /** Returns what the outputs of a step that copies are. */
  static Map<String, ValueKind> copiedKinds() {
    return Map.of(
        "files",
        ValueKind.listOf(
            "name",
            "location",
            "path",
            "source",
            "size",
            "modified",
            "digest",
            "verified",
            "resumed",
            "reconnects"),
        "bytes",
        ValueKind.NUMBER,
        "skipped",
        ValueKind.NUMBER,
        "unchecked",
        ValueKind.LIST,
        "left-out",
        ValueKind.LIST);
  }

  /** Returns the outputs of a step that copies. */
  static Map<String, String> copied() {
    return Map.of(
        "files",
            "a list with name, location, path, source, size, modified, digest, verified, resumed, reconnects of each file",
        "bytes", "the sum of the files' sizes",
        "skipped", "how many files were there already",
        "unchecked", "a list of the files that no sidecar tells of, with `sidecar.check: if-any`",
        "left-out", "a list of what is neither a file nor a directory: links, devices, sockets");
  }
}
