package io.waybill.mail.imap;

import io.waybill.mail.ContentSource;
import io.waybill.mail.inbox.GmailFacts;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.inbox.Windows;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.eclipse.angus.mail.iap.ByteArray;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.BODY;
import org.eclipse.angus.mail.imap.protocol.FLAGS;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;
import org.eclipse.angus.mail.imap.protocol.INTERNALDATE;
import org.eclipse.angus.mail.imap.protocol.RFC822SIZE;
import org.eclipse.angus.mail.imap.protocol.UID;
import org.eclipse.angus.mail.imap.protocol.UIDSet;

/** Reads the folder that stands open, by UID; nothing of it changes (BODY.PEEK). */
final class ImapFolder {
  /** So many messages are asked about at once, at most. */
  private static final int MOST_AT_ONCE = 2000;

  /** So many where each may say some kilobytes. */
  private static final int MOST_WORDY = 500;

  /** Longer command lines are more than some servers take (RFC 7162 section 4). */
  private static final int MOST_IN_LINE = 8000;

  /** Servers keep these at hand: for the whole header block they open each message. */
  private static final String FIELDS =
      "HEADER.FIELDS (DATE FROM TO CC REPLY-TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES"
          + " AUTO-SUBMITTED)";

  private final ImapWire wire;
  private final FolderState state;

  ImapFolder(ImapWire wire, FolderState state) {
    this.wire = wire;
    this.state = state;
  }

  FolderState state() {
    return state;
  }

  /** Returns the UIDs within a range, ascending, of what may be what is looked for. */
  long[] find(long first, long last, MailSearch search) throws IOException, ProtocolException {
    long[] found = new UidSearch(wire).find(first, last, SearchTerms.of(search));
    return search.hasAttachment() ? new AttachmentLook(wire).among(found) : found;
  }

  /**
   * Returns the UIDs within a range, ascending, of what is new or marked otherwise since a mod
   * sequence (RFC 7162); since 0, of all.
   */
  long[] changed(long first, long last, long modSeq) throws IOException, ProtocolException {
    if (modSeq == 0 || first > last) {
      return new UidSearch(wire).find(first, last, null);
    }
    String command = "UID FETCH %d:%d (UID) (CHANGEDSINCE %d)".formatted(first, last, modSeq);
    LongStream.Builder uids = LongStream.builder();
    for (Response response : wire.run(command)) {
      if (response instanceof FetchResponse fetched) {
        UID uid = fetched.getItem(UID.class);
        if (uid != null && uid.uid >= first && uid.uid <= last) {
          uids.add(uid.uid);
        }
      }
    }
    return uids.build().sorted().distinct().toArray();
  }

  /** Returns those of these messages that are there. */
  long[] present(long[] uids) throws IOException, ProtocolException {
    LongStream.Builder present = LongStream.builder();
    for (long[] window : windows(uids, MOST_AT_ONCE)) {
      Arrays.stream(new UidSearch(wire).among(window)).forEach(present::add);
    }
    return present.build().toArray();
  }

  /** Returns what the server says of these messages; one that is gone is left out. */
  List<MailFacts> facts(long[] uids) throws IOException, ProtocolException {
    return heads(uids, windows(uids, MOST_AT_ONCE), "").stream().map(Head::facts).toList();
  }

  /**
   * What is known of a message without its body.
   *
   * @param block the fields that say who, when and about what; empty if it was not asked for
   */
  record Head(MailFacts facts, ContentSource block) {}

  /** Returns the same with the fields that say who, when and about what, up to so many bytes. */
  List<Head> heads(long[] uids, int mostBytes) throws IOException, ProtocolException {
    return heads(uids, windows(uids), " BODY.PEEK[" + FIELDS + "]<0." + mostBytes + ">");
  }

  private List<Head> heads(long[] uids, List<long[]> windows, String more)
      throws IOException, ProtocolException {
    Map<Long, Head> known = new HashMap<>();
    for (long[] window : windows) {
      ask(window, "UID RFC822.SIZE INTERNALDATE FLAGS" + more, known);
      long[] missing = Arrays.stream(window).filter(uid -> !known.containsKey(uid)).toArray();
      if (missing.length > 0) {
        // gone, or with a date that the library cannot read, for which it drops the whole answer
        ask(missing, "UID RFC822.SIZE FLAGS" + more, known);
      }
    }
    return Arrays.stream(uids).mapToObj(known::get).flatMap(Stream::ofNullable).toList();
  }

  private void ask(long[] uids, String items, Map<Long, Head> known)
      throws IOException, ProtocolException {
    String all = wire.hasCapability(GmailItems.CAPABILITY) ? items + GmailItems.NAMES : items;
    for (Response response : wire.run("UID FETCH " + set(uids) + " (" + all + ")")) {
      if (response instanceof FetchResponse fetched) {
        UID uid = fetched.getItem(UID.class);
        RFC822SIZE size = fetched.getItem(RFC822SIZE.class);
        if (uid != null && size != null) {
          BODY body = fetched.getItem(BODY.class);
          ByteArray block = body == null ? new ByteArray(0) : bytes(body);
          known.put(
              uid.uid, new Head(facts(uid.uid, size.size, fetched), block::toByteArrayInputStream));
        }
      }
    }
  }

  private MailFacts facts(long uid, long size, FetchResponse fetched) {
    INTERNALDATE received = fetched.getItem(INTERNALDATE.class);
    FLAGS flags = fetched.getItem(FLAGS.class);
    Optional<GmailFacts> gmail = GmailItems.of(fetched);
    return new MailFacts(
        state.name(),
        state.uidValidity(),
        uid,
        Math.max(0, size),
        Optional.ofNullable(received).map(each -> each.getDate().toInstant()),
        flags == null ? List.of() : FlagNames.of(flags),
        gmail);
  }

  /**
   * Returns the whole content of messages that are small enough to be held together, by UID; one
   * that is gone is left out.
   */
  Map<Long, ContentSource> contents(List<MailFacts> small) throws IOException, ProtocolException {
    Map<Long, ContentSource> contents = new HashMap<>();
    long announced = small.stream().mapToLong(MailFacts::sizeBytes).sum();
    long[] uids = small.stream().mapToLong(MailFacts::uid).toArray();
    for (long[] window : windows(uids, MOST_AT_ONCE)) {
      // servers are known to count a little wrong, and some a lot
      bodies(window, "BODY.PEEK[]", ImapWire.USUAL + 2 * announced)
          .forEach((uid, bytes) -> contents.put(uid, bytes::toByteArrayInputStream));
    }
    return contents;
  }

  private Map<Long, ByteArray> bodies(long[] uids, String item, long mostBytes)
      throws IOException, ProtocolException {
    String command = "UID FETCH " + set(uids) + " (UID " + item + ")";
    Map<Long, ByteArray> bodies = new HashMap<>();
    for (Response response : wire.run(command, mostBytes)) {
      if (response instanceof FetchResponse fetched) {
        UID uid = fetched.getItem(UID.class);
        BODY body = fetched.getItem(BODY.class);
        if (uid != null && body != null) {
          bodies.put(uid.uid, bytes(body));
        }
      }
    }
    return bodies;
  }

  private static ByteArray bytes(BODY body) {
    ByteArray bytes = body.getByteArray(); // NIL where there is nothing
    return bytes == null ? new ByteArray(0) : bytes;
  }

  /** Returns how the header blocks of messages begin, by UID. */
  Map<Long, byte[]> headers(long[] uids, int mostBytes) throws IOException, ProtocolException {
    Map<Long, byte[]> headers = new HashMap<>();
    for (long[] window : windows(uids)) {
      bodies(window, "BODY.PEEK[HEADER]<0." + mostBytes + ">", ImapWire.USUAL)
          .forEach((uid, bytes) -> headers.put(uid, bytes.getNewBytes()));
    }
    return headers;
  }

  /** Returns a piece of a message, shorter than asked for only at its end; empty if it is gone. */
  Optional<byte[]> piece(long uid, long offset, int length) throws IOException, ProtocolException {
    String item = "BODY.PEEK[]<%d.%d>".formatted(offset, length);
    return Optional.ofNullable(bodies(new long[] {uid}, item, ImapWire.USUAL + length).get(uid))
        .map(ByteArray::getNewBytes);
  }

  /** Adds flags to messages; those that are gone are left out by the server. */
  void addFlags(long[] uids, List<String> flags) throws IOException, ProtocolException {
    store(uids, "+FLAGS.SILENT", flags);
  }

  /** Takes flags from messages; those that are gone are left out by the server. */
  void removeFlags(long[] uids, List<String> flags) throws IOException, ProtocolException {
    store(uids, "-FLAGS.SILENT", flags);
  }

  private void store(long[] uids, String how, List<String> flags)
      throws IOException, ProtocolException {
    for (long[] window : windows(uids)) {
      wire.run("UID STORE %s %s (%s)".formatted(set(window), how, String.join(" ", flags)));
    }
  }

  /** Moves messages (RFC 6851); those that are gone are left out by the server. */
  void move(long[] uids, String target) throws IOException, ProtocolException {
    for (long[] window : windows(uids)) {
      wire.run("UID MOVE " + set(window), wire.folder(target));
    }
  }

  /** Copies messages. */
  void copy(long[] uids, String target) throws IOException, ProtocolException {
    for (long[] window : windows(uids)) {
      wire.run("UID COPY " + set(window), wire.folder(target));
    }
  }

  /**
   * Deletes just these messages.
   *
   * @return whether they are gone; else they are marked as deleted, because this server can only
   *     remove all that anybody has marked so
   */
  boolean delete(long[] uids) throws IOException, ProtocolException {
    addFlags(uids, List.of("\\Deleted"));
    if (!wire.hasCapability("UIDPLUS")) {
      return false;
    }
    for (long[] window : windows(uids)) {
      wire.run("UID EXPUNGE " + set(window));
    }
    return true;
  }

  static List<long[]> windows(long[] uids) {
    return windows(uids, MOST_WORDY);
  }

  private static List<long[]> windows(long[] uids, int most) {
    int digits = Long.toString(Arrays.stream(uids).max().orElse(0)).length();
    int step = Math.min(most, MOST_IN_LINE / (digits + 1));
    return Windows.parts(uids, step);
  }

  static String set(long[] uids) {
    return UIDSet.toString(UIDSet.createUIDSets(uids));
  }
}
