package io.waybill.mail.imap;

import java.io.IOException;
import org.eclipse.angus.mail.iap.ProtocolException;

/**
 * Moves messages on a server that has no MOVE: copies them and deletes just these. It can be done
 * again after it was broken off anywhere.
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
    long[] there = new CopyOnce(connection, source, target).run(uids);
    return new ImapFolder(connection.wire(), connection.opened(source, true)).delete(there);
  }
}
