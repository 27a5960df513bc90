package dev.chronodesk.app.errors;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> plainRefusals() {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host)
                host.setErrorReportValveClass(PlainRefusal.class.getName());
        });
    }
}
