//! The list of words, with what is put into them.

use std::fmt::Display;

use crate::language::Language;

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident ( $($argument:ident),* ) $pt:literal $en:literal)+) => {
        /// The words of one language. They are plain text: whoever writes HTML escapes them with what was put in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Words(pub Language);

        impl Words {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(self $(, $argument: impl Display)*) -> String {
                    match self.0 {
                        Language::PtBr => std::fmt::format(format_args!($pt)),
                        Language::En => std::fmt::format(format_args!($en)),
                    }
                }
            )+

            /// One of each: its name, the names of its arguments, and the text with these names put in.
            #[cfg(test)]
            pub(super) fn samples(self) -> Vec<(&'static str, Vec<&'static str>, String)> {
                vec![$((
                    stringify!($name),
                    vec![$(stringify!($argument)),*],
                    self.$name($(stringify!($argument)),*),
                )),+]
            }
        }
    };
}

phrases! {
    // The subject
    subject(headline, month)
        "{headline} — Fechamento {month}"
        "{headline} — Closing {month}"
    not_opened()
        "Mês não aberto"
        "Month not opened"
    all_done(total)
        "Tudo concluído ({total})"
        "All done ({total})"
    one_pending(total)
        "1 de {total} pendente"
        "1 of {total} pending"
    some_pending(left, total)
        "{left} de {total} pendentes"
        "{left} of {total} pending"

    // The head
    title(month)
        "Fechamento de {month}"
        "Closing of {month}"
    as_of(organization, time)
        "{organization} · situação em {time}"
        "{organization} · as of {time}"
    open_month(month)
        "Abrir {month} na Esteira"
        "Open {month} in Esteira"
    not_opened_text()
        "Nenhum processo foi aberto neste mês."
        "No process was opened in this month."
    done_of(done, total)
        "{done} de {total} no SAT"
        "{done} of {total} in SAT"
    overdue_count(count)
        "Vencidas: {count}"
        "Overdue: {count}"
    late_count(count, days)
        "Paradas há mais de {days} dias: {count}"
        "Standing for more than {days} days: {count}"
    unknown_count(count)
        "Execuções com fim desconhecido, que uma pessoa precisa decidir: {count}"
        "Runs whose end nobody knows, for a person to decide: {count}"
    unopened_count(count)
        "Contas ativas sem processo neste mês: {count}"
        "Active accounts without a process in this month: {count}"

    // Tables
    by_status()
        "Por situação"
        "By status"
    by_operator()
        "Por operadora"
        "By operator"
    status_column()
        "Situação"
        "Status"
    count_column()
        "Processos"
        "Processes"
    operator_column()
        "Operadora"
        "Operator"
    progress_column()
        "Concluídos"
        "Done"
    client_column()
        "Cliente"
        "Client"
    due_column()
        "Vencimento"
        "Due"
    since_column()
        "Desde"
        "Since"
    reason_column()
        "Motivo"
        "Reason"
    schedule_column()
        "Agendamento"
        "Schedule"
    missed_column()
        "Deveria ter rodado em"
        "Was to run at"
    total()
        "Total"
        "All"
    no_day()
        "sem data"
        "no date"

    // Lists
    failures(count)
        "Falhas e rejeições ({count})"
        "Failures and rejections ({count})"
    overdue(count)
        "Vencidas ou paradas ({count})"
        "Overdue or standing still ({count})"
    remaining(count)
        "O que mais falta ({count})"
        "What else is missing ({count})"
    missed_schedules(count)
        "Agendamentos que não rodaram nos últimos 31 dias ({count})"
        "Schedules that did not run in the last 31 days ({count})"
    and_more(count)
        "e mais {count}"
        "and {count} more"
    nothing_missing()
        "Nada falta para fechar o mês."
        "Nothing is missing to close the month."
    what_to_do(action)
        "O que fazer: {action}"
        "What to do: {action}"

    // The foot
    attached(filename)
        "Todos os processos do mês estão no arquivo {filename}."
        "All processes of the month are in the file {filename}."
    too_large_to_attach()
        "A lista completa é grande demais para um anexo. Ela pode ser baixada na página do mês."
        "The whole list is too large for an attachment. It can be downloaded from the page of the month."
    why(schedule)
        "Você recebe esta mensagem porque seu endereço está no agendamento “{schedule}”."
        "You get this message because your address is in the schedule “{schedule}”."
    asked_for(person)
        "Enviado a pedido de {person}."
        "Sent at the request of {person}."
    unsubscribe()
        "Não receber mais"
        "Stop receiving it"

    // The page that the link leads to
    unsubscribe_title()
        "Não receber mais este relatório"
        "Stop receiving this report"
    unsubscribe_question(address, schedule)
        "O endereço {address} recebe os relatórios do agendamento “{schedule}”. Deseja retirá-lo da lista?"
        "The address {address} gets the reports of the schedule “{schedule}”. Take it off the list?"
    unsubscribe_button()
        "Retirar meu endereço"
        "Take my address off"
    unsubscribed_title()
        "Endereço retirado"
        "Address taken off"
    unsubscribed_text(address, schedule)
        "O endereço {address} não está mais no agendamento “{schedule}”. Quem cuida dele pode incluí-lo de novo."
        "The address {address} is no longer in the schedule “{schedule}”. Whoever looks after it can add it again."
    link_useless_title()
        "Este link não vale mais"
        "This link is no longer good"
    link_useless_text()
        "O agendamento foi removido, ou o link está incompleto. Para não receber mais, fale com quem administra a Esteira."
        "The schedule was removed, or the link is incomplete. To stop receiving it, ask whoever administers Esteira."
}
