package io.waybill.mail.inbox;

import io.waybill.mail.ContentSource;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads the contents of messages in order: small ones together, and the next lot while this one is
 * looked at, so that neither the way nor the reader waits for the other; large ones alone, as they
 * are read.
 */
public final class ReadAhead implements Iterator<ReadAhead.Lot> {
  private final RemoteMailbox mailbox;
  private final List<List<MailFacts>> batches;
  private int next;

  /** Will read these messages; nothing is fetched yet. */
  public ReadAhead(RemoteMailbox mailbox, List<MailFacts> messages) {
    this.mailbox = mailbox;
    this.batches = Batches.of(messages);
  }

  /**
   * Messages whose contents can be read until the next lot is asked for.
   *
   * @param contents by UID; one that is gone is left out, or fails when it is opened
   */
  public record Lot(List<MailFacts> messages, Map<Long, ContentSource> contents) {}

  @Override
  public boolean hasNext() {
    return next < batches.size();
  }

  @Override
  public Lot next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    List<MailFacts> batch = batches.get(next++);
    if (!Batches.isSmall(batch)) {
      MailFacts large = batch.get(0);
      return new Lot(batch, Map.of(large.uid(), () -> mailbox.stream(large)));
    }
    Map<Long, ContentSource> contents = mailbox.contents(batch);
    if (hasNext() && Batches.isSmall(batches.get(next))) {
      mailbox.prefetch(batches.get(next));
    }
    return new Lot(batch, contents);
  }
}
