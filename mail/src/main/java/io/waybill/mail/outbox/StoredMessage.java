package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.Envelope;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.jdbc.Transactions;
import java.io.IOException;
import java.io.InputStream;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;

/** A message that waits in the outbox, read row by row so that a large one never fills the heap. */
final class StoredMessage implements FrozenMessage {
  private static final byte[] NONE = {};

  private final Transactions transactions;
  private final OutboxEntry entry;
  private final Envelope envelope;

  StoredMessage(Transactions transactions, OutboxEntry entry, List<Address> recipients) {
    this.transactions = transactions;
    this.entry = entry;
    Address sender = entry.sender().isEmpty() ? null : Address.of(entry.sender());
    this.envelope = Envelope.of(sender, recipients).withDsn(entry.dsn().orElse(null));
  }

  @Override
  public String messageId() {
    return entry.messageId();
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public long sizeBytes() {
    return entry.sizeBytes();
  }

  @Override
  public String sha256() {
    return entry.sha256();
  }

  @Override
  public MessageEncoding encoding() {
    return entry.encoding();
  }

  @Override
  public InputStream open() {
    return new ChunkStream();
  }

  /** Returns the bytes of a row, empty when there is none. */
  private byte[] chunk(int index) {
    return transactions.run(
        "read entry " + entry.id(),
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT bytes FROM wb_mail_outbox_chunk WHERE outbox_id = ? AND idx = ?")) {
            select.setString(1, entry.id());
            select.setInt(2, index);
            try (ResultSet rows = select.executeQuery()) {
              return rows.next() ? rows.getBytes(1) : NONE;
            }
          }
        });
  }

  private final class ChunkStream extends InputStream {
    private byte[] chunk = new byte[0];
    private int next;
    private int position;
    private long delivered;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (position == chunk.length && !advance()) {
        return -1;
      }
      int n = Math.min(length, chunk.length - position);
      System.arraycopy(chunk, position, target, offset, n);
      position += n;
      delivered += n;
      return n;
    }

    private boolean advance() throws IOException {
      byte[] following = chunk(next);
      if (following.length == 0) {
        if (delivered != entry.sizeBytes()) {
          throw new IOException(
              "rows hold " + delivered + " bytes of " + entry.sizeBytes() + ": some are missing");
        }
        return false;
      }
      next++;
      position = 0;
      chunk = following;
      return true;
    }
  }
}
