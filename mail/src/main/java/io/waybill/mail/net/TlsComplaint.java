package io.waybill.mail.net;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;

/** Says in words for a person why a handshake failed. */
public final class TlsComplaint {
  private static final int MAX_CAUSES = 10;

  private TlsComplaint() {}

  /** Returns what is wrong, and what may be done about it. */
  public static String of(SSLException failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (cause instanceof CertificateExpiredException) {
        return "the server's certificate has expired ("
            + cause.getMessage()
            + "): ask its operator for a new one";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "the server's certificate is not valid yet ("
            + cause.getMessage()
            + "): compare the clocks";
      }
      if (cause instanceof CertPathBuilderException) {
        return "nobody whom Java trusts vouches for the server's certificate: trust the authority"
            + " that issued it, if this is the right server";
      }
      boolean isName =
          cause instanceof CertificateException
              && String.valueOf(cause.getMessage()).startsWith("No ");
      if (isName) {
        return "the server's certificate is for another name ("
            + cause.getMessage()
            + "): use the name that is in it";
      }
      cause = cause.getCause();
    }
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
