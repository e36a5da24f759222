package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of one SCRAM-SHA-256 login (RFC 5802 3, RFC 7677), bound to the channel where
 * there is one; {@code n,,} says that there is none.
 */
public final class ScramClient {
  private static final String UNBOUND = "n,,";

  private final String firstBare;
  private final String nonce;
  private final Optional<ChannelBinding> binding;
  private byte @Nullable [] expectedServerSignature;

  public ScramClient(String user, String nonce, Optional<ChannelBinding> binding) {
    this.binding = binding;
    ScramKey.requirePrintable("user name", user);
    this.nonce = nonce;
    this.firstBare = "n=" + ScramMessage.escapeName(user) + ",r=" + nonce;
  }

  public String first() {
    return binding.map(ChannelBinding::header).orElse(UNBOUND) + firstBare;
  }

  /** Answers the server's challenge with a proof of the key. */
  public String last(String serverFirst, String key) throws WireException {
    ScramMessage challenge = ScramMessage.parse(serverFirst);
    String combined = challenge.text('r');
    int iterations = challenge.number('i');
    if (!combined.startsWith(nonce) || combined.length() == nonce.length()) {
      throw WireException.violation("the server's nonce does not continue ours");
    }
    if (iterations < ScramKey.LEAST_ITERATIONS || iterations > ScramKey.MOST_ITERATIONS) {
      throw WireException.violation(
          "the server asks for " + iterations + " iterations, allowed are 4096 to 1000000");
    }
    if (challenge.base64('s').length == 0) {
      throw WireException.violation("the server sends no salt");
    }
    String channel =
        binding.map(ChannelBinding::attribute).orElseGet(() -> ScramMessage.encodeBase64(UNBOUND));
    String withoutProof = "c=" + channel + ",r=" + combined;
    String authMessage = firstBare + "," + serverFirst + "," + withoutProof;
    byte[] salted = ScramKey.saltedKey(key, challenge.base64('s'), iterations);
    byte[] clientKey = ScramKey.hmac(salted, "Client Key");
    byte[] signature = ScramKey.hmac(ScramKey.sha256(clientKey), authMessage);
    expectedServerSignature = ScramKey.hmac(ScramKey.hmac(salted, "Server Key"), authMessage);
    return withoutProof + ",p=" + ScramMessage.encodeBase64(ScramKey.xor(clientKey, signature));
  }

  /** Checks that the server knows the key too. */
  public void finish(String serverFinal) throws WireException {
    byte[] signature = ScramMessage.parse(serverFinal).base64('v');
    if (expectedServerSignature == null
        || !MessageDigest.isEqual(signature, expectedServerSignature)) {
      throw new WireException(
          ErrorCode.LOGIN_REFUSED,
          "the server did not prove that it knows the key; it may not be the one it claims to be");
    }
  }
}
