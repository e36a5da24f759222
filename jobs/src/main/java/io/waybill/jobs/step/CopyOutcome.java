package io.waybill.jobs.step;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import java.util.List;
import java.util.Optional;

/**
 * What a copy came to.
 *
 * @param files those that are at the target now, or would be after a dry run
 * @param failed those that are not, by their own fault
 * @param leftOut links, devices and sockets
 * @param unsettled files that may still be written
 * @param bytes the sum of the sizes of {@code files}
 */
public record CopyOutcome(
    List<Copied> files,
    List<Failed> failed,
    List<String> leftOut,
    List<String> unsettled,
    long bytes) {
  public CopyOutcome {
    files = List.copyOf(files);
    failed = List.copyOf(failed);
    leftOut = List.copyOf(leftOut);
    unsettled = List.copyOf(unsettled);
  }

  /**
   * One file.
   *
   * @param source as written, and the name below it
   * @param isSkipped whether an equal one was there
   * @param receipt empty in a dry run
   */
  public record Copied(
      String source,
      String target,
      long sizeBytes,
      boolean isSkipped,
      Optional<TransferReceipt> receipt) {}

  /** One file that was not copied. */
  public record Failed(String source, TransferException why) {}
}
