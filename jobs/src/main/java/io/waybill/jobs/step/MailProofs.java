package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.MailLogin;
import io.waybill.mail.AccessToken;
import io.waybill.mail.MailAccount;
import io.waybill.mail.TokenSource;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells accounts who logs in, and where what proves it is had when it is needed. */
final class MailProofs {
  private final MailTokens tokens;
  private final Function<JobException, RuntimeException> failure;

  MailProofs(MailTokens tokens) {
    this(tokens, e -> e);
  }

  private MailProofs(MailTokens tokens, Function<JobException, RuntimeException> failure) {
    this.tokens = tokens;
    this.failure = failure;
  }

  /** Returns the same where a secret that cannot be had fails by another exception. */
  MailProofs failingAs(Function<JobException, RuntimeException> other) {
    return new MailProofs(tokens, other);
  }

  void add(Connection connection, MailLogin login, MailAccount.Builder account) {
    account.user(login.user());
    login.mechanism().ifPresent(account::mechanism);
    if (login.proof() instanceof MailLogin.OAuth oauth) {
      TokenSource source = tokens.source(connection, login.user(), oauth);
      account.tokens(
          new TokenSource() {
            @Override
            public AccessToken token() {
              return had(source::token);
            }

            @Override
            public void invalidate(AccessToken refused) {
              source.invalidate(refused);
            }
          });
    } else {
      MailLogin.Password password = (MailLogin.Password) login.proof();
      account.password(() -> had(password.secret()));
    }
  }

  private <T> T had(Supplier<T> secret) {
    try {
      return secret.get();
    } catch (JobException e) {
      throw failure.apply(e);
    }
  }
}
