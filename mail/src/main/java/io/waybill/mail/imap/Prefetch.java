package io.waybill.mail.imap;

import io.waybill.mail.ContentSource;
import io.waybill.mail.inbox.MailFacts;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Contents that are being fetched while those before them are looked at.
 *
 * @param contents of the messages, by UID; cancelling it closes the connection
 */
record Prefetch(List<MailFacts> messages, CompletableFuture<Map<Long, ContentSource>> contents) {
  /** Waits until they are here, or are not to be had; {@link #result} says which. */
  void await() {
    contents.handle((result, failure) -> result).join();
  }

  /** Waits for the contents; throws what fetching them threw. */
  Map<Long, ContentSource> result() {
    try {
      return contents.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Gives them up; if they are on the way, with the connection. */
  void drop() {
    contents.cancel(true);
  }
}
