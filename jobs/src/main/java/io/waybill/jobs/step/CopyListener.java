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

  /**
   * Is told how far a whole directory is, whose files are still being found; the numbers never
   * fall.
   */
  void tree(long filesDone, long filesFound, long bytesDone, long bytesFound);

  /** Is told that a file needs no more work, copied or not. */
  void ended(String file, long sizeBytes);
}
