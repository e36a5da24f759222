package io.waybill.transfer.tcp.tls;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Names what ties a login to the TLS connection that it runs over (RFC 5056), best first. */
public enum BindingType {
  /** Of the very connection: RFC 9266; needs a JDK that exports keys (25). */
  TLS_EXPORTER("tls-exporter"),
  /**
   * Of the server's certificate: RFC 5929 4. For signatures whose hash is MD5, SHA-1, or not
   * defined there (Ed25519, RSASSA-PSS) it is SHA-256.
   */
  TLS_SERVER_END_POINT("tls-server-end-point");

  private static final @Nullable MethodHandle EXPORT = export();
  private static final int EXPORTED_BYTES = 32;

  private final String text;

  BindingType(String text) {
    this.text = text;
  }

  /** Returns the registered name, as SCRAM's GS2 header has it. */
  public String text() {
    return text;
  }

  static List<BindingType> available(SSLSession session) {
    return EXPORT != null && session instanceof ExtendedSSLSession
        ? List.of(TLS_EXPORTER, TLS_SERVER_END_POINT)
        : List.of(TLS_SERVER_END_POINT);
  }

  byte[] bytes(SSLSession session, X509Certificate server) throws TlsException {
    return this == TLS_EXPORTER ? exported(session) : endPoint(server);
  }

  private static byte[] exported(SSLSession session) throws TlsException {
    MethodHandle export = EXPORT;
    if (export == null || !(session instanceof ExtendedSSLSession extended)) {
      throw new TlsException("this JDK cannot export keys: tls-exporter needs JDK 25", null);
    }
    try {
      return (byte[])
          export.invokeExact(extended, "EXPORTER-Channel-Binding", new byte[0], EXPORTED_BYTES);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new TlsException("the session exports no keys: " + e.getMessage(), e);
    }
  }

  static byte[] endPoint(X509Certificate server) throws TlsException {
    try {
      return MessageDigest.getInstance(hash(server.getSigAlgName())).digest(server.getEncoded());
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new TlsException("the server's certificate cannot be hashed: " + e.getMessage(), e);
    }
  }

  static String hash(String signature) {
    String upper = signature.toUpperCase(Locale.ROOT);
    if (upper.startsWith("SHA384WITH")) {
      return "SHA-384";
    }
    if (upper.startsWith("SHA512WITH")) {
      return "SHA-512";
    }
    return upper.startsWith("SHA224WITH") ? "SHA-224" : "SHA-256";
  }

  private static @Nullable MethodHandle export() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(
              ExtendedSSLSession.class,
              "exportKeyingMaterialData",
              MethodType.methodType(byte[].class, String.class, byte[].class, int.class));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return null; // a JDK before 25
    }
  }
}
