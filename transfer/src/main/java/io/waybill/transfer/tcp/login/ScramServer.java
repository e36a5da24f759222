package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server's half of one SCRAM-SHA-256 login (RFC 5802 3, RFC 7677). */
public final class ScramServer {
  private final Keys keys;
  private final Optional<Bindings> bindings;
  private final String serverNonce;
  private @Nullable Challenge challenge;
  private String channel = "";

  private record Challenge(
      String user, ScramKey key, String clientFirstBare, String nonce, String text) {}

  /**
   * Begins a login.
   *
   * @param bindings what the client has to bind its login to; empty if there is no channel
   */
  public ScramServer(Keys keys, String serverNonce, Optional<Bindings> bindings) {
    this.keys = keys;
    this.serverNonce = serverNonce;
    this.bindings = bindings;
  }

  /** Knows the keys of users. */
  @FunctionalInterface
  public interface Keys {
    /**
     * The key of a user; for one that does not exist, a decoy.
     *
     * @throws WireException LOGIN_REFUSED if that user may not try now
     */
    ScramKey of(String user) throws WireException;
  }

  /** Knows what a channel can be bound by. */
  @FunctionalInterface
  public interface Bindings {
    /** The bytes of a type of binding; empty if the channel has none such. */
    Optional<byte[]> of(String type);
  }

  /** Answers the client's first message with salt, iterations and nonce. */
  public String challenge(String clientFirst) throws WireException {
    int end = clientFirst.indexOf(",,");
    if (end < 0) {
      throw WireException.violation(
          "an authorization id was not offered, or the header is missing");
    }
    channel = channel(clientFirst.substring(0, end));
    String bare = clientFirst.substring(end + 2);
    ScramMessage message = ScramMessage.parse(bare);
    String user = ScramMessage.unescapeName(message.text('n'));
    String nonce = message.text('r') + serverNonce;
    ScramKey key = keys.of(user);
    String text =
        "r=%s,s=%s,i=%d".formatted(nonce, ScramMessage.encodeBase64(key.salt()), key.iterations());
    challenge = new Challenge(user, key, bare, nonce, text);
    return text;
  }

  // what the attribute c of the client's last message must be
  private String channel(String header) throws WireException {
    boolean isBound = bindings.isPresent();
    if (isBound && header.startsWith("p=")) {
      String type = header.substring(2);
      byte[] bytes =
          bindings
              .get()
              .of(type)
              .orElseThrow(() -> WireException.violation("channel binding was not offered"));
      return new ChannelBinding(type, bytes).attribute();
    }
    // y says that the client would bind to a channel had we offered it: we did not, so it is fine
    if (!isBound && (header.equals("n") || header.equals("y"))) {
      return ScramMessage.encodeBase64(header + ",,");
    }
    throw WireException.violation(
        isBound ? "the login is not bound to the channel" : "channel binding was not offered");
  }

  /**
   * Checks the client's proof and answers with the server's own.
   *
   * @throws WireException LOGIN_REFUSED, with the same message for every reason
   */
  public String finish(String clientFinal) throws WireException {
    Challenge sent = challenge;
    if (sent == null) {
      throw WireException.violation("a proof came before the challenge");
    }
    ScramMessage message = ScramMessage.parse(clientFinal);
    int proofAt = clientFinal.lastIndexOf(",p=");
    if (proofAt < 0
        || !message.text('r').equals(sent.nonce)
        || !message.text('c').equals(channel)) {
      throw refused();
    }
    String authMessage =
        sent.clientFirstBare + "," + sent.text + "," + clientFinal.substring(0, proofAt);
    if (!sent.key.accepts(message.base64('p'), authMessage)) {
      throw refused();
    }
    return "v=" + ScramMessage.encodeBase64(sent.key.serverSignature(authMessage));
  }

  /** The user who is logging in. */
  public String user() {
    Challenge sent = challenge;
    return sent == null ? "" : sent.user;
  }

  /** The refusal of a login, in the same words whatever was wrong. */
  public static WireException refused() {
    return new WireException(
        ErrorCode.LOGIN_REFUSED, "user or key is wrong; check both at client and server");
  }
}
