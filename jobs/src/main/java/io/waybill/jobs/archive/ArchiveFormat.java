package io.waybill.jobs.archive;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The kinds of archives there are. */
public enum ArchiveFormat {
  /** With Zip64 where it is needed; stored or deflated. */
  ZIP("zip"),
  /** A tar stream in gzip. */
  TAR_GZ("tar.gz"),
  /** A tar stream in Zstandard. */
  TAR_ZST("tar.zst");

  private final String label;

  ArchiveFormat(String label) {
    this.label = label;
  }

  private List<String> endings() {
    return switch (this) {
      case ZIP -> List.of(".zip");
      case TAR_GZ -> List.of(".tar.gz", ".tgz");
      case TAR_ZST -> List.of(".tar.zst", ".tzst");
    };
  }

  /** Returns what the job file calls it. */
  public String label() {
    return label;
  }

  /**
   * Returns the one of a label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ArchiveFormat parse(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of archive: " + label));
  }

  /** Returns the one that a file's name tells; empty if it tells none. */
  public static Optional<ArchiveFormat> of(String fileName) {
    return Arrays.stream(values()).filter(each -> each.ending(fileName).isPresent()).findFirst();
  }

  /** Returns a file's name without the ending that tells of an archive. */
  public static String stem(String fileName) {
    return Arrays.stream(values())
        .flatMap(each -> each.ending(fileName).stream())
        .findFirst()
        .map(ending -> fileName.substring(0, fileName.length() - ending.length()))
        .orElse(fileName);
  }

  private Optional<String> ending(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    return endings().stream()
        .filter(lower::endsWith)
        .filter(each -> lower.length() > each.length())
        .findFirst();
  }
}
