package io.waybill.transfer;

import java.util.Objects;

/**
 * A file that a copy left, because it is still at it or was cut short.
 *
 * @param file its path as a listing names it
 * @param isLastOfOld whether it is an old target that stepped aside and whose replacement never
 *     came, so that nothing else has its content
 */
public record Unfinished(FileEntry file, boolean isLastOfOld) {
  public Unfinished {
    Objects.requireNonNull(file, "file");
  }
}
