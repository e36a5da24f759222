package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.ExpectedDigest;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.WireException;
import java.util.List;
import java.util.Optional;

/**
 * What the content of one file must have, if the caller knows it. The terms of its offer then name
 * that algorithm beside the content identity, and ask for a level at which no equal target is
 * believed unread; see {@link TcpTransfer#terms}.
 *
 * @param digest empty if nothing is known
 * @param shown the source, for a person
 */
record Expectation(Optional<Digest> digest, String shown) {
  /** Nothing is known. */
  static final Expectation NONE = new Expectation(Optional.empty(), "");

  /**
   * Compares digests that this end computed.
   *
   * @throws TransferException.Integrity if the content has another
   */
  void require(List<Digest> computed) {
    ExpectedDigest.require(digest, shown, computed);
  }

  /**
   * Compares what the sending end says of the content in its COMMIT; whether that is true, the
   * receiving end finds out before it publishes.
   *
   * @throws TransferException.Integrity if the content has another
   * @throws WireException PROTOCOL_VIOLATION if the algorithm is missing
   */
  void requireIn(Frame commit) throws WireException {
    if (digest.isEmpty()) {
      return;
    }
    String label = digest.get().algorithm().label() + ":";
    for (String each : commit.fields().texts(Tag.DIGEST)) {
      if (each.startsWith(label)) {
        require(List.of(parsed(each)));
        return;
      }
    }
    throw WireException.violation("COMMIT has no " + digest.get().algorithm().label() + " digest");
  }

  private static Digest parsed(String text) throws WireException {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw WireException.violation("COMMIT has a malformed digest");
    }
  }

  /**
   * Checks that an equal target was read, as was asked for.
   *
   * @throws WireException PROTOCOL_VIOLATION if it was not
   */
  void requireRead(HaveList have) throws WireException {
    if (digest.isPresent() && have.basis() == HaveList.Basis.EQUAL_UNREAD) {
      throw WireException.violation("an equal target was to be read, and was not");
    }
  }
}
