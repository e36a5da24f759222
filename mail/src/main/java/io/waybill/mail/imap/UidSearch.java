package io.waybill.mail.imap;

import jakarta.mail.search.SearchException;
import jakarta.mail.search.SearchTerm;
import java.io.IOException;
import java.util.Arrays;
import org.eclipse.angus.mail.iap.Argument;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.IMAPResponse;
import org.eclipse.angus.mail.imap.protocol.SearchSequence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the UIDs of messages in the open folder (RFC 3501 6.4.4, 6.4.8). */
final class UidSearch {
  private static final Logger log = LoggerFactory.getLogger(UidSearch.class);

  private final ImapWire wire;

  UidSearch(ImapWire wire) {
    this.wire = wire;
  }

  /**
   * Returns the UIDs within a range, ascending, of which the server says that a term holds. A
   * server that cannot search for the term (a charset, an odd address) returns all: that costs
   * bytes, not results, since what is read is looked at again.
   */
  long[] find(long first, long last, @Nullable SearchTerm term)
      throws IOException, ProtocolException {
    if (term == null) {
      return range(first, last, new Argument(), "UID SEARCH");
    }
    try {
      return ask(first, last, term);
    } catch (CommandFailedException | BadCommandException e) {
      log.debug("imap.search-refused error={}", e.getMessage());
      return range(first, last, new Argument(), "UID SEARCH");
    }
  }

  /** Returns the same, but has a server that cannot search for the term say so. */
  long[] ask(long first, long last, SearchTerm term) throws IOException, ProtocolException {
    boolean isAscii = SearchSequence.isAscii(term);
    boolean isUnderstood = isAscii || wire.supportsUtf8(); // RFC 6855: then no charset is said
    try {
      Argument words = wire.searches().generateSequence(term, isAscii ? null : "UTF-8");
      return range(first, last, words, isUnderstood ? "UID SEARCH" : "UID SEARCH CHARSET UTF-8");
    } catch (SearchException e) {
      throw new CommandFailedException("the search cannot be said in IMAP: " + e.getMessage());
    }
  }

  /** Returns those of these UIDs that are there. */
  long[] among(long[] uids) throws IOException, ProtocolException {
    Argument words = new Argument();
    words.writeAtom("UID " + ImapFolder.set(uids));
    return run(1, FolderState.MAX_UID, words, "UID SEARCH");
  }

  private long[] range(long first, long last, Argument words, String command)
      throws IOException, ProtocolException {
    if (first > last) {
      return new long[0]; // which cannot be said in IMAP
    }
    words.writeAtom("UID " + first + ":" + (last == FolderState.MAX_UID ? "*" : last));
    return run(first, last, words, command);
  }

  private long[] run(long first, long last, Argument words, String command)
      throws IOException, ProtocolException {
    long[] found = new long[16];
    int count = 0;
    for (Response response : wire.run(command, words)) {
      if (response instanceof IMAPResponse line && line.keyEquals("SEARCH")) {
        for (long uid = line.readLong(); uid != -1; uid = line.readLong()) {
          // "n:*" names the last message also where its UID is lower than n
          if (uid >= first && uid <= last) {
            found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
            found[count++] = uid;
          }
        }
      }
    }
    long[] uids = Arrays.copyOf(found, count);
    Arrays.sort(uids);
    return distinct(uids);
  }

  private static long[] distinct(long[] sorted) {
    int kept = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[kept++] = sorted[i];
      }
    }
    return kept == sorted.length ? sorted : Arrays.copyOf(sorted, kept);
  }
}
