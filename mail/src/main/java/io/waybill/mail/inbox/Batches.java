package io.waybill.mail.inbox;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides messages into those that are fetched together, in order: small ones up to 8 MB at once,
 * so that a round trip serves many, and large ones alone, to be streamed.
 */
public final class Batches {
  /** What is read whole into memory, bytes. */
  private static final long SMALL = 1 << 20;

  private static final long MOST_TOGETHER = 8L << 20;

  private Batches() {}

  /** Returns the batches. */
  public static List<List<MailFacts>> of(List<MailFacts> messages) {
    List<List<MailFacts>> batches = new ArrayList<>();
    List<MailFacts> batch = new ArrayList<>();
    long bytes = 0;
    for (MailFacts each : messages) {
      boolean isSmall = each.sizeBytes() <= SMALL;
      if (!batch.isEmpty() && (!isSmall || bytes + each.sizeBytes() > MOST_TOGETHER)) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(each);
      bytes += each.sizeBytes();
      if (!isSmall) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  /** Returns whether a batch is read whole, and not streamed. */
  public static boolean isSmall(List<MailFacts> batch) {
    return batch.size() > 1 || batch.get(0).sizeBytes() <= SMALL;
  }
}
