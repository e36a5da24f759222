package io.waybill.mail.imap;

import io.waybill.mail.inbox.GmailFacts;
import jakarta.mail.FetchProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.angus.mail.iap.ParsingException;
import org.eclipse.angus.mail.imap.protocol.FetchItem;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;

/** What Gmail says of a message that other servers do not know (X-GM-EXT-1). */
final class GmailItems {
  static final String CAPABILITY = "X-GM-EXT-1";
  private static final String MESSAGE_ID = "X-GM-MSGID";
  private static final String THREAD_ID = "X-GM-THRID";
  private static final String LABELS = "X-GM-LABELS";

  /** To be asked for. */
  static final String NAMES = " " + MESSAGE_ID + " " + THREAD_ID + " " + LABELS;

  private GmailItems() {}

  /** Returns what the library reads of an answer beside what it knows by itself. */
  static FetchItem[] readers() {
    return new FetchItem[] {
      item(MESSAGE_ID, response -> String.valueOf(response.readAtom())),
      item(THREAD_ID, response -> String.valueOf(response.readAtom())),
      item(LABELS, GmailItems::labels)
    };
  }

  /** The library's own reading of such a list never ends where an atom begins with a backslash. */
  private static List<String> labels(FetchResponse response) throws ParsingException {
    List<String> labels = new ArrayList<>();
    response.skipSpaces();
    if (response.readByte() != '(') {
      throw new ParsingException("labels are no list");
    }
    response.skipSpaces();
    for (byte next = response.peekByte(); next != ')'; next = response.peekByte()) {
      String label = next == '"' || next == '{' ? response.readString() : atom(response);
      if (label == null || label.isEmpty()) {
        throw new ParsingException("a label is no word");
      }
      labels.add(label);
      response.skipSpaces();
    }
    response.skip(1);
    return labels;
  }

  private static String atom(FetchResponse response) {
    StringBuilder atom = new StringBuilder();
    for (byte next = response.peekByte();
        next > ' ' && next != '(' && next != ')';
        next = response.peekByte()) {
      atom.append((char) response.readByte());
    }
    return atom.toString();
  }

  private interface Reader {
    Object read(FetchResponse response) throws ParsingException;
  }

  private static FetchItem item(String name, Reader reader) {
    return new FetchItem(name, new FetchProfile.Item(name) {}) {
      @Override
      public Object parseItem(FetchResponse response) throws ParsingException {
        return reader.read(response);
      }
    };
  }

  /** Returns what an answer says; empty if it is not one of Gmail's. */
  static Optional<GmailFacts> of(FetchResponse fetched) {
    Map<String, Object> items = fetched.getExtensionItems();
    if (items == null
        || !(items.get(MESSAGE_ID) instanceof String id)
        || !(items.get(THREAD_ID) instanceof String thread)
        || !(items.get(LABELS) instanceof List<?> labels)) {
      return Optional.empty();
    }
    return Optional.of(
        new GmailFacts(id, thread, labels.stream().map(String.class::cast).toList()));
  }
}
