package io.waybill.jobs.archive;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file or an empty directory that goes into an archive.
 *
 * @param name there, with {@code /}
 * @param path where it is
 * @param isDirectory whether it is a directory
 */
public record ArchiveMember(String name, Path path, boolean isDirectory) {
  public ArchiveMember {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(path, "path");
  }
}
