package io.waybill.mail.net;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words for a person why a handshake failed. */
public final class TlsComplaint {
  /** What a server does whose port is for STARTTLS. */
  public static final String IN_CLEAR =
      "the server does not begin with TLS on this port: let the connection begin in clear and go over to TLS (STARTTLS), or take the port that begins with it (465 for submission, 993 for IMAP)";

  private static final int MAX_CAUSES = 10;

  private TlsComplaint() {}

  /** Returns what is wrong, and what may be done about it. */
  public static String of(SSLException failure) {
    Throwable cause = failure;
    @Nullable String chain = null;
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
      if (cause instanceof CertPathValidatorException) { // what it comes from is said rather
        chain = cause.getMessage();
      }
      cause = cause.getCause();
    }
    if (chain != null) {
      return "the server's certificate does not hold against the authority that is trusted ("
          + chain
          + "): if either was renewed, trust the new one";
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("Unsupported or unrecognized SSL message")) {
      return IN_CLEAR;
    }
    if (message.contains("protocol_version")
        || message.contains("No appropriate protocol")
        || message.contains("not supported by")) {
      return "the server speaks none of the versions of TLS that are still safe (1.2 and 1.3): "
          + message;
    }
    return failure.getMessage() == null ? failure.toString() : message;
  }
}
