package io.waybill.jobs;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * Who logs in to a mail server.
 *
 * @param user whose account or mailbox it is
 * @param proof what proves it
 * @param mechanism the one to log in with; empty for the best that is offered
 */
public record MailLogin(String user, Proof proof, Optional<String> mechanism) {
  public MailLogin {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(proof, "proof");
    Objects.requireNonNull(mechanism, "mechanism");
  }

  /** Makes one by a password and the best mechanism that is offered. */
  public static MailLogin of(Connection.Login login) {
    return new MailLogin(login.user(), new Password(login.password()), Optional.empty());
  }

  /** What proves who logs in. */
  public sealed interface Proof {}

  /** A password. */
  public record Password(Secret secret) implements Proof {
    public Password {
      Objects.requireNonNull(secret, "secret");
    }
  }

  /**
   * Access tokens, and where they come from.
   *
   * @param issuer who gives them
   * @param client who asks for them
   * @param refreshToken the first refresh token; empty for the client-credentials grant
   * @param scope what is asked for; empty for what is usual at the issuer
   */
  public record OAuth(
      Issuer issuer, Client client, Optional<Secret> refreshToken, Optional<String> scope)
      implements Proof {
    public OAuth {
      Objects.requireNonNull(issuer, "issuer");
      Objects.requireNonNull(client, "client");
      Objects.requireNonNull(refreshToken, "refreshToken");
      Objects.requireNonNull(scope, "scope");
    }
  }

  /** Who gives access tokens. */
  public sealed interface Issuer {
    /** Google, for Gmail. */
    record Google() implements Issuer {}

    /**
     * Microsoft, for Exchange Online.
     *
     * @param tenant the directory's id or domain, or {@code common}
     */
    record Microsoft(String tenant) implements Issuer {}

    /**
     * Any other.
     *
     * @param uri of the token requests: https, or http on this machine
     */
    record Endpoint(URI uri) implements Issuer {}
  }

  /**
   * The application as which an issuer knows this program.
   *
   * @param id that the issuer gave it
   * @param secret empty for a public client
   */
  public record Client(String id, Optional<Secret> secret) {}
}
