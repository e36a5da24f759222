package io.waybill.mail.imap;

import io.waybill.mail.inbox.MailFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.angus.mail.iap.ProtocolException;

/**
 * Copies messages to another folder. It can be done again after it was broken off anywhere: what is
 * in the target already, by its Message-ID and its length, is not copied once more.
 */
final class CopyOnce {
  private final ImapConnection connection;
  private final String source;
  private final String target;

  CopyOnce(ImapConnection connection, String source, String target) {
    this.connection = connection;
    this.source = source;
    this.target = target;
  }

  /** Returns the UIDs of those that are in the source; it stands open then, to be changed. */
  long[] run(long[] uids) throws IOException, ProtocolException {
    ImapFolder from = folder(source, true);
    Map<Long, String> ids = new MessageIdLook(connection.wire(), from).of(uids);
    List<MailFacts> there = from.facts(uids);
    ImapFolder to = folder(target, false);
    List<Long> missing = new ArrayList<>();
    for (MailFacts each : there) {
      String id = ids.get(each.uid());
      if (id == null || !isIn(to, id, each.sizeBytes())) {
        missing.add(each.uid());
      }
    }
    ImapFolder again = folder(source, true);
    again.copy(missing.stream().mapToLong(Long::longValue).toArray(), target);
    return there.stream().mapToLong(MailFacts::uid).toArray();
  }

  private ImapFolder folder(String name, boolean toChange) throws IOException, ProtocolException {
    return new ImapFolder(connection.wire(), connection.open(name, toChange));
  }

  private boolean isIn(ImapFolder folder, String messageId, long size)
      throws IOException, ProtocolException {
    long[] found = new MessageIdLook(connection.wire(), folder).find(messageId);
    return folder.facts(found).stream().anyMatch(each -> each.sizeBytes() == size);
  }
}
