package dev.chronodesk.app.errors;

import dev.chronodesk.command.gateway.Admission;
import dev.chronodesk.db.log.EventLog;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The places that answer errors. */
@Configuration(proxyBeanMethods = false)
public class ErrorsConfiguration {

    @Bean
    CatchAll catchAll() {
        return new CatchAll();
    }

    @Bean
    LastResort lastResort() {
        return new LastResort();
    }

    /** Before the door. */
    @Bean
    FilterRegistrationBean<Crowded> crowded(Admission admission) {
        var registration = new FilterRegistrationBean<>(new Crowded(admission));
        registration.addUrlPatterns("/commands", "/commands/*");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    /** After the door: whom it does not know is told nothing. */
    @Bean
    FilterRegistrationBean<SameIncarnation> sameIncarnation(EventLog log) {
        var registration = new FilterRegistrationBean<>(new SameIncarnation(log));
        registration.addUrlPatterns("/commands", "/commands/*", "/rest/v1/*", "/audit/*");
        return registration;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> plainRefusals() {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host)
                host.setErrorReportValveClass(PlainRefusal.class.getName());
        });
    }
}
