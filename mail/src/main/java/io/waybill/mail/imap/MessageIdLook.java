package io.waybill.mail.imap;

import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import jakarta.mail.search.MessageIDTerm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.angus.mail.iap.ProtocolException;

/**
 * Finds messages of the open folder by their Message-ID. Something depends on it, so the server's
 * word is not enough: it may look for a part only.
 */
final class MessageIdLook {
  private static final int HEADER_BYTES = 16 * 1024;

  private final ImapWire wire;
  private final ImapFolder folder;

  MessageIdLook(ImapWire wire, ImapFolder folder) {
    this.wire = wire;
    this.folder = folder;
  }

  /** Returns the UIDs of the messages that have exactly this one. */
  long[] find(String messageId) throws IOException, ProtocolException {
    long[] maybe = new UidSearch(wire).ask(1, FolderState.MAX_UID, new MessageIDTerm(messageId));
    Map<Long, String> ids = of(maybe);
    return Arrays.stream(maybe).filter(uid -> messageId.equals(ids.get(uid))).toArray();
  }

  /** Returns the Message-IDs of messages that have one, by UID. */
  Map<Long, String> of(long[] uids) throws IOException, ProtocolException {
    Map<Long, String> ids = new HashMap<>();
    for (long[] window : ImapFolder.windows(uids)) {
      for (Map.Entry<Long, byte[]> each : folder.headers(window, HEADER_BYTES).entrySet()) {
        try (ParsedMail head =
            MimeReader.read(new ByteArrayInputStream(each.getValue()), MimeLimits.defaults())) {
          Optional<String> id = head.messageId();
          id.ifPresent(text -> ids.put(each.getKey(), text));
        }
      }
    }
    return ids;
  }
}
