package io.waybill.transfer;

/**
 * How far one file is.
 *
 * @param file the file as the caller named it
 * @param phase what is being done
 * @param bytes how much of the file is done, what was resumed included
 * @param totalBytes the size of the file
 */
public record TransferProgress(String file, Phase phase, long bytes, long totalBytes) {

  /** What is being done with a file. */
  public enum Phase {
    /** Bytes travel. */
    TRANSFERRING,
    /** What arrived is compared. */
    VERIFYING,
    /** It is forced to the disk and gets its name. */
    PUBLISHING,
    /** It is there under its name. */
    DONE
  }
}
