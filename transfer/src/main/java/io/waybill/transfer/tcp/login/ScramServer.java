package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The server's half of one SCRAM-SHA-256 login (RFC 5802 3, RFC 7677). */
public final class ScramServer {
  private final Function<String, ScramKey> keys;
  private final String serverNonce;
  private @Nullable Challenge challenge;
  private String header = "";

  private record Challenge(
      String user, ScramKey key, String clientFirstBare, String nonce, String text) {}

  /**
   * Begins a login.
   *
   * @param keys the key of a user; for one that does not exist, a decoy
   */
  public ScramServer(Function<String, ScramKey> keys, RandomGenerator random) {
    this(keys, ScramMessage.nonce(random));
  }

  public ScramServer(Function<String, ScramKey> keys, String serverNonce) {
    this.keys = keys;
    this.serverNonce = serverNonce;
  }

  /** Answers the client's first message with salt, iterations and nonce. */
  public String challenge(String clientFirst) throws WireException {
    // y,, says that the client would bind to a channel had we offered it: we did not, so it is fine
    if (!clientFirst.startsWith("n,,") && !clientFirst.startsWith("y,,")) {
      throw WireException.violation("channel binding or an authorization id was not offered");
    }
    String bare = clientFirst.substring(3);
    ScramMessage message = ScramMessage.parse(bare);
    String user = ScramMessage.unescapeName(message.text('n'));
    String nonce = message.text('r') + serverNonce;
    ScramKey key = keys.apply(user);
    String text =
        "r=%s,s=%s,i=%d".formatted(nonce, ScramMessage.encodeBase64(key.salt()), key.iterations());
    challenge = new Challenge(user, key, bare, nonce, text);
    header = clientFirst.substring(0, 3);
    return text;
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
        || !message.text('c').equals(ScramMessage.encodeBase64(header))) {
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

  private static WireException refused() {
    return new WireException(
        ErrorCode.LOGIN_REFUSED, "user or key is wrong; check both at client and server");
  }
}
