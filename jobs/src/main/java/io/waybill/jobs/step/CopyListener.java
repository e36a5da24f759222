package io.waybill.jobs.step;

/** Hears how a copy goes; by whichever thread is at work, one at a time. */
public interface CopyListener {
  /** Is told once, when all sources are listed. */
  void planned(int files, long bytes);

  /**
   * Is told as a file's bytes move.
   *
   * @param bytes how much of the file is done
   */
  void moved(String file, long bytes, long totalBytes);

  /** Is told that a file needs no more work, copied or not. */
  void ended(String file, long sizeBytes);
}
