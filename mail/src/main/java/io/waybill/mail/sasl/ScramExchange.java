package io.waybill.mail.sasl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Proves the password without showing it, and has the server prove that it knows it too
 * (SCRAM-SHA-256, RFC 5802, RFC 7677), not bound to the channel.
 */
final class ScramExchange extends ClientFirst {
  static final String NAME = "SCRAM-SHA-256";

  private static final String UNBOUND = "n,,";
  private static final int NONCE_BYTES = 18;
  // RFC 5802 7; a server's own words are not repeated.
  private static final Set<String> ERRORS =
      Set.of(
          "invalid-encoding",
          "extensions-not-supported",
          "invalid-proof",
          "channel-bindings-dont-match",
          "server-does-support-channel-binding",
          "channel-binding-not-supported",
          "unsupported-channel-binding-type",
          "unknown-user",
          "invalid-username-encoding",
          "no-resources",
          "other-error");

  private final String firstBare;
  private final String nonce;
  private final String password;
  private byte @Nullable [] expectedSignature;
  private boolean finished;
  private boolean verified;
  private @Nullable String complaint;

  static ScramExchange of(String user, String password, RandomGenerator random)
      throws SaslException {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return of(user, password, Base64.getEncoder().encodeToString(nonce));
  }

  /** Takes the nonce as it is: printable ASCII without a comma. */
  static ScramExchange of(String user, String password, String nonce) throws SaslException {
    String name = SaslPrep.prepare("user", user).replace("=", "=3D").replace(",", "=2C");
    return new ScramExchange(
        "n=" + name + ",r=" + nonce, nonce, SaslPrep.prepare("password", password));
  }

  private ScramExchange(String firstBare, String nonce, String password) {
    super(NAME, (UNBOUND + firstBare).getBytes(StandardCharsets.UTF_8));
    this.firstBare = firstBare;
    this.nonce = nonce;
    this.password = password;
  }

  @Override
  byte[] next(byte[] challenge) throws SaslException {
    if (finished) {
      throw Challenges.oneTooMany(NAME);
    }
    String text = Challenges.text(challenge);
    if (text.startsWith("e=")) {
      // The server's refusal follows; answering lets it come with its own code.
      finished = true;
      complaint = describe(text.substring(2));
      return new byte[0];
    }
    if (expectedSignature == null) {
      return prove(text).getBytes(StandardCharsets.UTF_8);
    }
    finished = true;
    verify(text, expectedSignature);
    return new byte[0];
  }

  private String prove(String serverFirst) throws SaslException {
    ScramChallenge challenge = ScramChallenge.parse(serverFirst, nonce);
    String channel = Base64.getEncoder().encodeToString(UNBOUND.getBytes(StandardCharsets.UTF_8));
    String withoutProof = "c=" + channel + ",r=" + challenge.nonce();
    String authMessage = firstBare + "," + serverFirst + "," + withoutProof;
    ScramProof proof = ScramProof.of(password, challenge, authMessage);
    expectedSignature = proof.serverSignature();
    return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof.clientProof());
  }

  private void verify(String serverFinal, byte[] expected) throws SaslException {
    String value = serverFinal.split(",", 2)[0];
    byte[] signature = value.startsWith("v=") ? ScramChallenge.base64(value.substring(2)) : null;
    if (signature == null || !MessageDigest.isEqual(signature, expected)) {
      throw new SaslException(
          "the server did not prove that it knows the password;"
              + " it may not be the one it claims to be");
    }
    verified = true;
  }

  private static String describe(String error) {
    String code = error.split(",", 2)[0];
    if (!ERRORS.contains(code)) {
      return "an error that RFC 5802 does not know";
    }
    return code.equals("invalid-proof") ? "invalid-proof (the password is wrong)" : code;
  }

  @Override
  public boolean isVerified() {
    return verified;
  }

  @Override
  public Optional<String> complaint() {
    return Optional.ofNullable(complaint);
  }
}
