package io.waybill.mail.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * A DKIM verifier that shares no line with the signer: whole strings, other cryptography. Knows
 * relaxed/relaxed only. jDKIM is the other one, but knows no Ed25519.
 */
final class IndependentVerifier {
  private final Map<String, String> dns;

  /** {@code dns}: names of TXT records and their values. */
  IndependentVerifier(Map<String, String> dns) {
    this.dns = dns;
  }

  /** Returns one word for each signature from the top: "pass", or what is wrong. */
  List<String> verify(byte[] bytes) throws Exception {
    String message = new String(bytes, ISO_8859_1);
    int end = message.indexOf("\r\n\r\n");
    String header = end < 0 ? message : message.substring(0, end + 2);
    String body = end < 0 ? "" : message.substring(end + 4);
    List<String> fields = List.of(header.split("\r\n(?![ \t])", 0));
    List<String> results = new ArrayList<>();
    for (String field : fields) {
      if (name(field).equals("dkim-signature")) {
        results.add(verify(field, fields, body));
      }
    }
    return results;
  }

  private String verify(String signature, List<String> fields, String body) throws Exception {
    Map<String, String> tags = tags(signature.substring(signature.indexOf(':') + 1));
    if (!"1".equals(tags.get("v")) || !"relaxed/relaxed".equals(tags.get("c"))) {
      return "no relaxed/relaxed of version 1";
    }
    if (tags.containsKey("l")) {
      return "not the whole body is signed";
    }
    byte[] bodyHash = sha256(body(body).getBytes(ISO_8859_1));
    if (!Base64.getEncoder().encodeToString(bodyHash).equals(tags.get("bh"))) {
      return "body differs";
    }
    String[] names = tags.getOrDefault("h", "").split(":", -1);
    if (!List.of(names).stream().anyMatch(name -> name.equalsIgnoreCase("from"))) {
      return "From is not signed";
    }
    StringBuilder signed = new StringBuilder();
    List<String> left = new ArrayList<>(fields);
    for (String name : names) {
      for (int i = left.size() - 1; i >= 0; i--) {
        if (name(left.get(i)).equals(name.toLowerCase(Locale.ROOT))) {
          signed.append(field(left.remove(i))).append("\r\n");
          break;
        }
      }
    }
    signed.append(field(signature.replaceFirst("(?s)([;\\s]b=)[^;]*", "$1")));
    String record = dns.get(tags.get("s") + "._domainkey." + tags.get("d"));
    if (record == null) {
      return "no record";
    }
    byte[] key = Base64.getDecoder().decode(tags(record).get("p"));
    byte[] value = Base64.getDecoder().decode(tags.get("b"));
    byte[] text = signed.toString().getBytes(ISO_8859_1);
    boolean good =
        switch (tags.getOrDefault("a", "") + " " + tags(record).get("k")) {
          case "rsa-sha256 rsa" -> rsa(key, text, value);
          case "ed25519-sha256 ed25519" -> ed25519(key, sha256(text), value);
          default -> false;
        };
    return good ? "pass" : "header differs";
  }

  /** RFC 6376 3.2; blanks count in no value that is used here. */
  static Map<String, String> tags(String list) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (String tag : list.replaceAll("\\s|;\\s*\\z", "").split(";", -1)) {
      int equal = tag.indexOf('=');
      if (tags.put(tag.substring(0, equal), tag.substring(equal + 1)) != null) {
        throw new AssertionError("tag twice: " + tag);
      }
    }
    return tags;
  }

  private static String name(String field) {
    return field.replaceFirst("(?s)[ \t]*:.*", "").toLowerCase(Locale.ROOT);
  }

  static String field(String field) {
    String value = field.substring(field.indexOf(':') + 1);
    return name(field)
        + ":"
        + value
            .replace("\r\n", "")
            .replaceAll("[ \t]+", " ")
            .replaceFirst("^ ", "")
            .replaceFirst(" $", "");
  }

  static String body(String body) {
    String text = body.replaceAll("[ \t]+(?=\r\n|\\z)", "").replaceAll("[ \t]+", " ");
    while (text.endsWith("\r\n")) {
      text = text.substring(0, text.length() - 2);
    }
    return text.isEmpty() ? "" : text + "\r\n";
  }

  private static byte[] sha256(byte[] bytes) {
    SHA256Digest digest = new SHA256Digest();
    digest.update(bytes, 0, bytes.length);
    byte[] value = new byte[digest.getDigestSize()];
    digest.doFinal(value, 0);
    return value;
  }

  private static boolean rsa(byte[] info, byte[] text, byte[] value) throws Exception {
    AsymmetricKeyParameter key = PublicKeyFactory.createKey(info);
    RSADigestSigner verifier = new RSADigestSigner(new SHA256Digest());
    verifier.init(false, key);
    verifier.update(text, 0, text.length);
    return verifier.verifySignature(value);
  }

  private static boolean ed25519(byte[] raw, byte[] text, byte[] value) {
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(raw));
    verifier.update(text, 0, text.length);
    return verifier.verifySignature(value);
  }
}
