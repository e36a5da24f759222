package io.waybill.mail.imap;

import io.waybill.mail.inbox.MailFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.angus.mail.iap.ProtocolException;

/**
 * Moves messages on a server that has no MOVE: copies them and deletes just these. It can be done
 * again after it was broken off anywhere: what is in the target already, by its Message-ID and its
 * length, is not copied once more.
 */
final class MoveByCopy {
  private final ImapConnection connection;
  private final String source;
  private final String target;

  MoveByCopy(ImapConnection connection, String source, String target) {
    this.connection = connection;
    this.source = source;
    this.target = target;
  }

  /** Returns as {@link ImapFolder#delete}. */
  boolean run(long[] uids) throws IOException, ProtocolException {
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
    return again.delete(there.stream().mapToLong(MailFacts::uid).toArray());
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
