//! Every reason: its code, its arguments, and its words in Portuguese and in English. One list, so longer than other
//! files.

use serde_json::{Map, Value};

use super::argument::{Argument as _, Milliseconds, Speech, named, take};
use crate::{language::Language, status::ProcessStatus};

reasons! {
    "quoted" Quoted { text: String }
        "{text}"
        "{text}"

    // Jobs
    "cancelled" Cancelled {}
        "cancelado"
        "cancelled"
    "payload_unreadable" PayloadUnreadable { error: String }
        "os dados da tarefa não podem ser lidos: {error}"
        "the data of the task cannot be read: {error}"
    "task_unknown" TaskUnknown { task: String }
        "nenhum programa aqui conhece a tarefa {task}"
        "no program here knows the task {task}"
    "task_without_end" TaskWithoutEnd { seconds: u64 }
        "sem fim depois de {seconds} s"
        "no end after {seconds} s"
    "task_panicked" TaskPanicked { message: String }
        "a tarefa parou por um erro interno: {message}"
        "the task stopped with an internal fault: {message}"
    "task_panicked_silently" TaskPanickedSilently {}
        "a tarefa parou por um erro interno: sem mensagem"
        "the task stopped with an internal fault: no message"
    "worker_silent" WorkerSilent {}
        "o worker parou de responder durante a execução"
        "the worker stopped answering while it ran this"
    "workers_lost" WorkersLost { losses: i32 }
        "derrubou {losses} vezes o processo que a executava, a última num processo só dela"
        "it brought down the program that ran it {losses} times, the last time one of its own"
    "seen_of" SeenOf { seen: i64, expected: i64 }
        "{seen} de {expected}"
        "{seen} of {expected}"
    "removed_so_far" RemovedSoFar { count: i64 }
        "apagados até agora: {count}"
        "removed so far: {count}"

    // What to do
    "try_again" TryAgain {}
        "Tentar novamente."
        "Try again."
    "run_again" RunAgain {}
        "Executar novamente."
        "Run it again."
    "send_again" SendAgain {}
        "Enviar novamente."
        "Send it again."
    "upload_again" UploadAgain {}
        "Enviar a fatura novamente."
        "Upload the invoice again."
    "restore_or_upload_again" RestoreOrUploadAgain {}
        "Descobrir quem mudou o armazenamento; depois restaurar o arquivo de uma cópia de segurança e tentar de novo, ou enviar a fatura novamente."
        "Find out who changed the store; then restore the file from a backup and try again, or upload the invoice again."

    // E-mail
    "mail_not_configured" MailNotConfigured {}
        "o envio de e-mails não está configurado neste servidor; nada foi enviado"
        "this server has no settings for e-mail; nothing was sent"
    "mail_to" MailTo { addresses: String }
        "para {addresses}"
        "to {addresses}"
    "mail_refused" MailRefused { answer: String }
        "o servidor de e-mail recusou a mensagem: {answer}"
        "the mail server refused the message: {answer}"
    "mail_server_silent" MailServerSilent {}
        "o servidor de e-mail não atendeu"
        "the mail server did not answer"
    "mail_refused_to" MailRefusedTo { address: String, answer: String }
        "{address} foi recusado: {answer}"
        "{address} was refused: {answer}"
    "mail_settings_refused" MailSettingsRefused { answer: String }
        "o servidor de e-mail não deixou a Esteira enviar: {answer}"
        "the mail server does not let Esteira send: {answer}"
    "mail_later" MailLater { answer: String }
        "o servidor de e-mail pediu para tentar mais tarde: {answer}"
        "the mail server asked to try later: {answer}"
    "mail_unclear" MailUnclear { error: String }
        "a conexão caiu depois que o servidor de e-mail recebeu a mensagem, que pode ter chegado: {error}"
        "the connection broke after the mail server had the message, which may have arrived: {error}"
    "mail_unwritable" MailUnwritable { error: String }
        "a mensagem não pode ser escrita: {error}"
        "the message cannot be written: {error}"
    "mail_given_up" MailGivenUp {}
        "a tarefa que enviaria a mensagem terminou antes"
        "the task that was to send the message ended before"
    "mail_rests" MailRests {}
        "manutenção: as mensagens serão enviadas depois do fim dela"
        "maintenance: the messages will be sent after its end"
    "mail_sent_to" MailSentTo { address: String, answer: String }
        "enviado para {address}: {answer}"
        "sent to {address}: {answer}"
    "mail_fails_to" MailFailsTo { address: String, reason: Box<Reason> }
        "não enviado para {address}: {reason}"
        "not sent to {address}: {reason}"
    "report_nothing_pending" ReportNothingPending { month: String }
        "nada pendente em {month}; nenhuma mensagem foi escrita"
        "nothing is pending in {month}; no message was written"
    "report_without_recipients" ReportWithoutRecipients {}
        "nenhum endereço no agendamento; nenhuma mensagem foi escrita"
        "no address in the schedule; no message was written"
    "report_to_nobody" ReportToNobody { reasons: Vec<Reason> }
        "o relatório não chegou a ninguém: {reasons}"
        "the report reached nobody: {reasons}"
    "check_mail_settings" CheckMailSettings {}
        "Conferir os endereços e as configurações ESTEIRA_SMTP_URL e ESTEIRA_SMTP_FROM."
        "Check the addresses and the settings ESTEIRA_SMTP_URL and ESTEIRA_SMTP_FROM."
    "test_mail_subject" TestMailSubject {}
        "Esteira: e-mail de teste"
        "Esteira: test e-mail"
    "test_mail" TestMail {}
        "Esta mensagem mostra que a Esteira consegue enviar e-mails."
        "This message shows that Esteira can send e-mails."
    "webhook_off_subject" WebhookOffSubject { name: String }
        "Esteira: o webhook {name} foi desativado"
        "Esteira: the webhook {name} was switched off"
    "webhook_off_mail" WebhookOffMail { name: String, url: String, reason: Box<Reason> }
        "O webhook {name} ({url}) foi desativado: {reason}.\n\nAs mensagens para ele não são mais enviadas. Para voltar a enviá-las, ative-o em Administração → Webhooks e envie de novo as que falharam."
        "The webhook {name} ({url}) was switched off: {reason}.\n\nMessages for it are not sent any more. To send them again, switch it on under Administration → Webhooks and resend those that failed."
    "document_damaged_subject" DocumentDamagedSubject {}
        "Esteira: um documento guardado não é mais o que foi recebido"
        "Esteira: a stored document is no longer what was received"
    "document_damaged_mail" DocumentDamagedMail { document: String, key: String, cause: Box<Reason> }
        "A Esteira não deixou sair {document}, guardado em {key}: {cause}.\n\nEle não foi mostrado nem enviado ao SAT. Descubra quem ou o que mudou o armazenamento; depois restaure o arquivo de uma cópia de segurança, ou envie a fatura novamente. Outros documentos podem estar assim: dos que aparecerem menos de uma hora depois do anterior não haverá aviso; a página Início mostra todos os que foram encontrados."
        "Esteira did not let out {document}, kept at {key}: {cause}.\n\nIt was neither shown nor sent to SAT. Find out who or what changed the store; then restore the file from a backup, or upload the invoice again. Others may be like this: of those found less than an hour after the one before, no notice follows; the page Home shows all that were found."
    "robot_token_refused_subject" RobotTokenRefusedSubject {}
        "Esteira: a API de robôs recusou o token"
        "Esteira: the robots' API refused the token"
    "robot_token_refused_mail" RobotTokenRefusedMail { endpoint: String }
        "A API de robôs em {endpoint} recusou o token (resposta 401); ele pode ter vencido. As execuções falham até que um token novo seja gravado em Administração → Conexões."
        "The robots' API at {endpoint} refused the token (answer 401); it may have expired. Runs fail until a new token is saved under Administration → Connections."

    // Webhooks
    "message_removed" MessageRemoved {}
        "a mensagem foi removida"
        "the message was removed"
    "webhook_off" WebhookOff {}
        "o webhook está desativado"
        "the webhook is switched off"
    "switch_webhook_on" SwitchWebhookOn {}
        "Ativar o webhook em Administração → Webhooks e enviar de novo."
        "Switch the webhook on under Administration → Webhooks and send again."
    "receiver_answered_in" ReceiverAnsweredIn { url: String, status: i32, took_ms: i64 }
        "{url} respondeu {status} em {took_ms} ms"
        "{url} answered {status} in {took_ms} ms"
    "receiver_failed" ReceiverFailed { url: String, error: Box<Reason> }
        "{url}: {error}"
        "{url}: {error}"
    "no_answer" NoAnswer {}
        "sem resposta"
        "no answer"
    "receiver_gone" ReceiverGone {}
        "o destino respondeu 410, que diz que não quer mais receber"
        "the receiver answered 410, which says that it wants no more messages"
    "receiver_answered" ReceiverAnswered { status: String }
        "o destino respondeu {status}"
        "the receiver answered {status}"
    "switch_webhook_on_if_back" SwitchWebhookOnIfBack {}
        "O webhook foi desativado; ative-o se o destino voltou."
        "The webhook was switched off; switch it on if the receiver is back."
    "receiver_silent" ReceiverSilent { seconds: u64 }
        "o destino não respondeu em {seconds} s"
        "the receiver did not answer within {seconds} s"
    "receiver_unreachable" ReceiverUnreachable {}
        "sem conexão com o destino"
        "no connection to the receiver"
    "webhook_url_invalid" WebhookUrlInvalid {}
        "o endereço não é válido"
        "the address is not valid"
    "correct_webhook_url" CorrectWebhookUrl {}
        "Corrigir o endereço do webhook."
        "Correct the address of the webhook."
    "webhook_url_private" WebhookUrlPrivate { host: String }
        "{host} é um endereço de rede privada, e este servidor não chama redes privadas"
        "{host} is an address in a private network, and this server does not call private networks"
    "correct_url_or_allow_private" CorrectUrlOrAllowPrivate {}
        "Corrigir o endereço, ou permitir redes privadas na configuração do servidor."
        "Correct the address, or allow private networks in the settings of the server."

    // Processes, and sending to SAT
    "document_received" DocumentReceived { number: i32, filename: String }
        "v{number} · {filename}"
        "v{number} · {filename}"
    "document_not_awaited" DocumentNotAwaited {}
        "o processo não espera mais por este documento"
        "the process does not wait for this document any more"
    "document_not_kept" DocumentNotKept {}
        "o documento aprovado não está guardado"
        "the approved document is not kept here"
    "document_lost" DocumentLost {}
        "o documento aprovado sumiu do armazenamento"
        "the approved document is gone from the store"
    "stored_size_differs" StoredSizeDiffers { found: u64, expected: u64 }
        "o arquivo no armazenamento tem {found} bytes; o que foi recebido tinha {expected}"
        "the file in the store has {found} bytes; the one that was received had {expected}"
    "stored_bytes_differ" StoredBytesDiffer { found: String, expected: String }
        "o arquivo no armazenamento não é o que foi recebido: seu SHA-256 é {found}, e não {expected}"
        "the file in the store is not the one that was received: its SHA-256 is {found}, not {expected}"
    "reading_document" ReadingDocument {}
        "lendo o documento"
        "reading the document"
    "sending_document" SendingDocument { filename: String, bytes: i64 }
        "enviando {filename} ({bytes} bytes)"
        "sending {filename} ({bytes} bytes)"
    "sending_to_sat" SendingToSat {}
        "enviando ao SAT"
        "sending to SAT"
    "sat_protocol" SatProtocol { protocol: String }
        "protocolo {protocol}"
        "protocol number {protocol}"
    "sat_not_configured" SatNotConfigured {}
        "o endereço do SAT não está configurado"
        "the address of SAT is not set"
    "set_sat_url" SetSatUrl {}
        "Informar o endereço do SAT em Configurações e reenviar."
        "Give the address of SAT under Settings and send again."
    "check_sat_first" CheckSatFirst {}
        "Conferir no SAT antes de enviar de novo."
        "Look in SAT before sending again."
    "sat_not_understood" SatNotUnderstood { status: u16, answer: Box<Reason> }
        "O SAT respondeu {status}, mas sem um protocolo que se entenda. O documento pode estar lá, e não será enviado de novo sem que alguém decida. A resposta foi: {answer}"
        "SAT answered {status}, but without a protocol number that is understood. The document may be there, and is not sent again unless somebody decides so. The answer was: {answer}"
    "empty_answer" EmptyAnswer {}
        "(vazia)"
        "(empty)"
    "sat_token_refused" SatTokenRefused {}
        "O SAT recusou o token."
        "SAT refused the token."
    "check_sat_token" CheckSatToken {}
        "Conferir o token do SAT em Configurações"
        "Check the token for SAT under Settings"
    "sat_not_there" SatNotThere { status: u16 }
        "Não há SAT nesse endereço (resposta {status})."
        "There is no SAT at this address (answer {status})."
    "check_sat_url" CheckSatUrl {}
        "Conferir o endereço do SAT em Configurações"
        "Check the address of SAT under Settings"
    "sat_moved" SatMoved { status: u16 }
        "O endereço do SAT leva a outro endereço (resposta {status})."
        "The address of SAT leads to another address (answer {status})."
    "set_final_sat_url" SetFinalSatUrl {}
        "Informar o endereço definitivo do SAT em Configurações"
        "Give the final address of SAT under Settings"
    "sat_refused_silently" SatRefusedSilently { status: u16 }
        "O SAT recusou o documento sem dizer o motivo (resposta {status})."
        "SAT refused the document without saying why (answer {status})."
    "sat_url_invalid" SatUrlInvalid {}
        "O endereço do SAT não é válido."
        "The address of SAT is not valid."
    "sat_url_private" SatUrlPrivate { host: String }
        "O endereço do SAT ({host}) é de rede privada, e este servidor não chama redes privadas."
        "The address of SAT ({host}) is in a private network, and this server does not call private networks."
    "check_sat_url_or_allow_private" CheckSatUrlOrAllowPrivate {}
        "Conferir o endereço do SAT em Configurações ou permitir redes privadas na configuração do servidor"
        "Check the address of SAT under Settings, or allow private networks in the settings of the server"
    "with_code" WithCode { message: Box<Reason>, code: String }
        "{message} ({code})"
        "{message} ({code})"

    // The robots' API
    "robot_token_refused" RobotTokenRefused {}
        "A API de robôs recusou o token."
        "The robots' API refused the token."
    "check_robot_token" CheckRobotToken {}
        "Conferir o token da API de robôs em Administração → Conexões"
        "Check the token for the robots' API under Administration → Connections"
    "robot_job_unknown" RobotJobUnknown {}
        "A API de robôs não conhece este trabalho."
        "The robots' API does not know this job."
    "check_robot_url" CheckRobotUrl {}
        "Conferir o endereço da API de robôs em Administração → Conexões"
        "Check the address of the robots' API under Administration → Connections"
    "check_robot_url_or_allow_private" CheckRobotUrlOrAllowPrivate {}
        "Conferir o endereço da API de robôs em Administração → Conexões ou permitir redes privadas na configuração do servidor"
        "Check the address of the robots' API under Administration → Connections, or allow private networks in the settings of the server"
    "robot_url_invalid" RobotUrlInvalid {}
        "O endereço da API de robôs não é válido."
        "The address of the robots' API is not valid."
    "robot_url_private" RobotUrlPrivate { host: String }
        "O endereço da API de robôs ({host}) é de rede privada, e este servidor não chama redes privadas."
        "The address of the robots' API ({host}) is in a private network, and this server does not call private networks."
    "not_a_part_of_an_address" NotAPartOfAnAddress { segment: String }
        "\"{segment}\" não serve como parte de um endereço."
        "\"{segment}\" cannot be a part of an address."
    "robots_not_there" RobotsNotThere { status: u16 }
        "Não há API de robôs nesse endereço (resposta {status})."
        "There is no robots' API at this address (answer {status})."
    "robots_moved" RobotsMoved { status: u16 }
        "O endereço da API de robôs leva a outro endereço (resposta {status})."
        "The address of the robots' API leads to another address (answer {status})."
    "robots_ask_for_patience" RobotsAskForPatience { status: u16 }
        "A API de robôs pede que se tente mais tarde (resposta {status})."
        "The robots' API asks to be tried later (answer {status})."
    "robots_refused_silently" RobotsRefusedSilently { status: u16 }
        "A API de robôs recusou o pedido sem dizer o motivo (resposta {status})."
        "The robots' API refused the request without saying why (answer {status})."
    "robots_in_trouble" RobotsInTrouble { status: u16 }
        "A API de robôs está com problemas (resposta {status})."
        "The robots' API is in trouble (answer {status})."
    "robots_not_understood" RobotsNotUnderstood { status: u16 }
        "A API de robôs deu uma resposta que não se entende (resposta {status})."
        "The robots' API gave an answer that is not understood (answer {status})."
    "robots_answer_too_long" RobotsAnswerTooLong { most_kib: usize }
        "A resposta da API de robôs é longa demais: passa de {most_kib} KiB."
        "The answer of the robots' API is too long: more than {most_kib} KiB."
    "robots_answer_unreadable" RobotsAnswerUnreadable { status: u16 }
        "A resposta da API de robôs não pôde ser lida: não é JSON inteiro (resposta {status})."
        "The answer of the robots' API could not be read: it is not whole JSON (answer {status})."
    "robots_without_job_id" RobotsWithoutJobId { status: u16 }
        "A API de robôs não informou um job_id que sirva (resposta {status})."
        "The robots' API gave no job_id that can be used (answer {status})."
    "robots_said_no" RobotsSaidNo { status: u16 }
        "A API de robôs respondeu que o pedido não deu certo (resposta {status})."
        "The robots' API answered that the request did not succeed (answer {status})."
    "start_not_understood" StartNotUnderstood { why: Box<Reason>, answer: Box<Reason> }
        "{why} Não se sabe se o robô começou, e o pedido não será repetido. A resposta foi: {answer}"
        "{why} Nobody knows whether the robot began, and the request is not repeated. The answer was: {answer}"
    "robots_sent_a_page" RobotsSentAPage { status: u16 }
        "Veio uma página no lugar da resposta da API de robôs, como as de um proxy (resposta {status})."
        "A web page came in place of the robots' API's answer, as from a proxy (answer {status})."
    "robots_answer_unfinished" RobotsAnswerUnfinished {}
        "A API de robôs começou a responder e não terminou a tempo."
        "The robots' API began to answer and did not finish in time."
    "robots_answer_broken_off" RobotsAnswerBrokenOff {}
        "A conexão com a API de robôs caiu no meio da resposta."
        "The connection to the robots' API broke in the middle of the answer."
    "robots_without_status" RobotsWithoutStatus {}
        "A API de robôs não disse como está o trabalho: a resposta não é um objeto JSON."
        "The robots' API did not say how the job is: the answer is not a JSON object."
    "robots_request_unmade" RobotsRequestUnmade {}
        "O pedido à API de robôs não pôde ser montado."
        "The request to the robots' API could not be made."
    "robots_unreachable" RobotsUnreachable { why: Box<Reason> }
        "Não houve conexão com a API de robôs: {why}."
        "There was no connection to the robots' API: {why}."
    "address_silent" AddressSilent {}
        "o endereço não respondeu a tempo"
        "the address did not answer in time"
    "host_unknown" HostUnknown {}
        "o nome do servidor no endereço não foi encontrado"
        "the name of the server in the address was not found"
    "nobody_listens" NobodyListens {}
        "ninguém atende nesse endereço"
        "nobody answers at this address"
    "network_or_certificate" NetworkOrCertificate {}
        "a rede não leva até ela, ou o certificado dela não é aceito"
        "the network does not lead there, or its certificate is not accepted"
    "robots_silent" RobotsSilent { after: Milliseconds }
        "A API de robôs não respondeu em {after} s."
        "The robots' API did not answer within {after} s."
    "robots_broke_off" RobotsBrokeOff {}
        "A conexão com a API de robôs caiu antes da resposta."
        "The connection to the robots' API broke before the answer."
    "robot_log_late" RobotLogLate { after: Milliseconds }
        "O log do robô não veio em {after} s."
        "The robot's log did not come within {after} s."
    "robot_log_silent" RobotLogSilent { after: Milliseconds }
        "O log do robô ficou {after} s sem dar sinal."
        "The robot's log gave no sign of life for {after} s."
    "robot_log_broken_off" RobotLogBrokenOff {}
        "A conexão com a API de robôs caiu no meio do log."
        "The connection to the robots' API broke in the middle of the log."
    "robot_log_unreadable" RobotLogUnreadable {}
        "O log do robô não pôde ser lido: a resposta não é JSON, ou não tem linhas."
        "The robot's log could not be read: the answer is not JSON, or has no lines."

    // What robots report
    "value_not_understood" ValueNotUnderstood { name: String, value: String, expected: Box<Reason> }
        "{name} \"{value}\" não é {expected}"
        "{name} \"{value}\" is not {expected}"
    "an_amount" AnAmount {}
        "um valor em reais"
        "an amount in reais"
    "a_date" ADate {}
        "uma data dd-mm-aaaa"
        "a date dd-mm-yyyy"
    "an_instant" AnInstant {}
        "uma data e hora com fuso"
        "a date and time with its zone"
    "a_path" APath {}
        "um caminho de até 1.000 caracteres"
        "a path of at most 1,000 characters"
    "an_object" AnObject {}
        "um objeto"
        "an object"
    "a_number_of_seconds" ANumberOfSeconds {}
        "um número de segundos"
        "a number of seconds"
    "a_month" AMonth {}
        "um mês de 1 a 12"
        "a month from 1 to 12"
    "a_year" AYear {}
        "um ano de 2000 a 2100"
        "a year from 2000 to 2100"
    "a_number_of_tries" ANumberOfTries {}
        "um número de tentativas"
        "a number of tries"
    "all_of" AllOf { reasons: Vec<Reason> }
        "{reasons}"
        "{reasons}"
    "with_notes" WithNotes { reason: Box<Reason>, notes: Vec<Reason> }
        "{reason} ({notes})"
        "{reason} ({notes})"
    "left_to_another_run" LeftToAnotherRun {}
        "outra execução deste processo está em curso, e o resultado dela decide"
        "another run for this process is under way, and its result decides"
    "no_process_has_this_hash" NoProcessHasThisHash {}
        "nenhum processo tem este hash_execucao"
        "no process has this hash_execucao"
    "nobody_waits_for_this" NobodyWaitsForThis { status: ProcessStatus }
        "o processo está em {status}, e nenhuma execução dele espera por isto"
        "the process is in {status}, and no run for it waits for this"
    "final_status_unknown" FinalStatusUnknown { word: String }
        "status_final \"{word}\" não é conhecido"
        "status_final \"{word}\" is not known"
    "no_final_status" NoFinalStatus {}
        "sem status_final"
        "no status_final"
    "invoice_not_used" InvoiceNotUsed { status: ProcessStatus }
        "o processo já está em {status}: a fatura do robô não foi usada"
        "the process is in {status} already: the robot's invoice was not used"
    "went_on_without_the_robot" WentOnWithoutTheRobot {}
        "o processo seguiu sem o robô: a fatura dele não foi usada"
        "the process went on without the robot: its invoice was not used"
    "process_already_in" ProcessAlreadyIn { status: ProcessStatus }
        "o processo já está em {status}"
        "the process is in {status} already"
    "other_invoices_not_used" OtherInvoicesNotUsed { paths: String }
        "outras faturas do resultado, não usadas: {paths}"
        "other invoices of the result, not used: {paths}"

    // Invoices that robots bring
    "invoice_at" InvoiceAt { location: String }
        "fatura em {location}"
        "invoice at {location}"
    "invoice_not_named" InvoiceNotNamed {}
        "O robô terminou bem, mas não disse onde está a fatura."
        "The robot ended well, but did not say where the invoice is."
    "run_again_or_ask" RunAgainOrAsk {}
        "Executar novamente; se repetir, conferir com quem mantém o robô."
        "Run it again; if it happens again, ask who maintains the robot."
    "not_an_s3_address" NotAnS3Address { location: String }
        "O robô informou \"{location}\", que não é um endereço s3://."
        "The robot named \"{location}\", which is not an address s3://."
    "s3_address_unclear" S3AddressUnclear { location: String }
        "O robô informou \"{location}\"; um endereço s3:// tem um bucket e um caminho, sem partes vazias, \".\" ou \"..\"."
        "The robot named \"{location}\"; an address s3:// has a bucket and a path, without parts that are empty, \".\" or \"..\"."
    "a_document_of_ours" ADocumentOfOurs { location: String }
        "O robô informou {location}, onde ficam os documentos da própria Esteira."
        "The robot named {location}, where Esteira keeps its own documents."
    "ask_where_invoices_are_written" AskWhereInvoicesAreWritten {}
        "Conferir com quem mantém o robô onde ele grava a fatura."
        "Ask who maintains the robot where it writes the invoice."
    "no_robot_store" NoRobotStore {}
        "Não há armazenamento S3 configurado onde buscar faturas de robôs."
        "No S3 store is set from which robots' invoices can be fetched."
    "set_robot_store" SetRobotStore {}
        "Pedir a quem administra o servidor que defina ESTEIRA_ROBOT_S3_ENDPOINT."
        "Ask who administers the server to set ESTEIRA_ROBOT_S3_ENDPOINT."
    "nothing_there" NothingThere { location: String }
        "O robô terminou, mas não há nada em {location}."
        "The robot ended, but there is nothing at {location}."
    "run_robot_again_or_check" RunRobotAgainOrCheck {}
        "Executar o robô novamente; se repetir, conferir onde ele grava a fatura."
        "Run the robot again; if it happens again, check where it writes the invoice."
    "invoice_too_large" InvoiceTooLarge { location: String, bytes: u64, limit: i64 }
        "A fatura em {location} tem {bytes} bytes; o limite é {limit}."
        "The invoice at {location} has {bytes} bytes; the limit is {limit}."
    "raise_limit" RaiseLimit {}
        "Aumentar o limite em Configurações e executar novamente."
        "Raise the limit under Settings and run it again."
    "file_broken_off" FileBrokenOff {}
        "O arquivo do robô não veio inteiro: a conexão com o S3 dos robôs caiu."
        "The robot's file did not come whole: the connection to the robots' S3 broke."
    "file_not_received" FileNotReceived {}
        "O arquivo do robô não pôde ser recebido por uma falha deste servidor."
        "The robot's file could not be received, by a fault of this server."
    "robot_store_failed" RobotStoreFailed { why: Box<Reason> }
        "Não foi possível buscar o arquivo no S3 dos robôs ({why})."
        "The file could not be fetched from the robots' S3 ({why})."
    "store_not_understood" StoreNotUnderstood {}
        "a resposta dele não se entende"
        "its answer is not understood"
    "store_silent" StoreSilent {}
        "ele não respondeu a tempo"
        "it did not answer in time"
    "store_unreachable" StoreUnreachable {}
        "não houve conexão com ele"
        "there was no connection to it"
    "store_refuses_keys" StoreRefusesKeys { status: u16 }
        "ele recusa as chaves deste servidor, resposta {status}"
        "it refuses the keys of this server, answer {status}"
    "store_answered" StoreAnswered { status: u16 }
        "resposta {status}"
        "answer {status}"
    "store_request_unmade" StoreRequestUnmade {}
        "o pedido não pôde ser feito"
        "the request could not be made"
    "robot_file_not_pdf" RobotFileNotPdf { location: String }
        "O arquivo que o robô deixou em {location} não é um PDF."
        "The file that the robot left at {location} is not a PDF."
    "robot_file_empty" RobotFileEmpty { location: String }
        "O arquivo que o robô deixou em {location} está vazio."
        "The file that the robot left at {location} is empty."
    "robot_file_encrypted" RobotFileEncrypted { location: String }
        "O arquivo que o robô deixou em {location} é um PDF protegido por senha."
        "The file that the robot left at {location} is a PDF protected by a password."
    "robot_file_without_pages" RobotFileWithoutPages { location: String }
        "O arquivo que o robô deixou em {location} é um PDF sem páginas."
        "The file that the robot left at {location} is a PDF without pages."
    "robot_file_damaged" RobotFileDamaged { location: String }
        "O arquivo que o robô deixou em {location} é um PDF danificado."
        "The file that the robot left at {location} is a damaged PDF."
    "robot_file_too_large" RobotFileTooLarge { location: String }
        "O arquivo que o robô deixou em {location} passa do tamanho permitido."
        "The file that the robot left at {location} is larger than allowed."
    "run_robot_again_or_upload" RunRobotAgainOrUpload {}
        "Executar o robô novamente, ou enviar a fatura à mão."
        "Run the robot again, or upload the invoice by hand."
    "other_invoice_not_fetched" OtherInvoiceNotFetched { error: Box<Reason> }
        "A fatura que o robô trouxe não pôde ser buscada: {error}"
        "The invoice that the robot brought could not be fetched: {error}"
    "run_its_robot" RunItsRobot {}
        "Executar o robô deste processo."
        "Run the robot of this process."

    // Runs
    "new_download" NewDownload {}
        "novo download pelo robô"
        "a new download by the robot"
    "run_cancelled" RunCancelled {}
        "execução cancelada"
        "run cancelled"
    "robot_tries_again" RobotTriesAgain { cause: Box<Reason> }
        "{cause}; o robô tentará de novo"
        "{cause}; the robot will try again"
    "robot_not_awaited" RobotNotAwaited {}
        "O processo não espera mais por um robô."
        "The process does not wait for a robot any more."
    "documents_in_a_folder" DocumentsInAFolder {}
        "as faturas estão numa pasta deste servidor, que o robô não alcança"
        "the invoices are in a folder of this server, which the robot does not reach"
    "use_s3_or_https" UseS3OrHttps {}
        "Guardar as faturas num armazenamento S3, ou enviar ao SAT por HTTPS."
        "Keep the invoices in an S3 store, or send to SAT over HTTPS."
    "robots_not_configured" RobotsNotConfigured {}
        "O endereço da API de robôs não está configurado."
        "The address of the robots' API is not set."
    "set_robot_url" SetRobotUrl {}
        "Informar o endereço em Administração → Conexões e executar novamente."
        "Give the address under Administration → Connections and run it again."

    // What a schedule leaves out
    "month_too_far_ahead" MonthTooFarAhead { month: String, latest: String }
        "o mês {month} está longe demais: o último que já pode ser aberto é {latest}"
        "the month {month} is too far ahead: {latest} is the last one that can be opened now"
    "operator_has_no_robot" OperatorHasNoRobot {}
        "a operadora não tem robô"
        "the operator has no robot"
    "portal_sign_in_missing" PortalSignInMissing {}
        "falta o login ou a senha do portal na conta do cliente"
        "the login or the password of the portal is missing in the client's account"
    "robot_at_it_already" RobotAtItAlready {}
        "um robô já está em andamento ou na fila para este processo"
        "a robot is at work for this process already, or waits"
    "last_download_unclear" LastDownloadUnclear {}
        "não se sabe como terminou o último download: alguém precisa conferir antes"
        "nobody knows how the last download ended: somebody has to look first"
    "changed_meanwhile" ChangedMeanwhile {}
        "mudou ou foi excluído enquanto isso"
        "it was changed or deleted meanwhile"

    // Starting a robot
    "start_unknown" StartUnknown {}
        "Não se sabe se o robô começou: a resposta ao pedido se perdeu, e a API não reconhece pedidos repetidos."
        "Nobody knows whether the robot began: the answer to the request was lost, and the API does not recognise repeated requests."
    "check_whether_it_ran" CheckWhetherItRan {}
        "Verificar na API de robôs se o robô rodou; depois executar novamente."
        "Look in the robots' API whether the robot ran; then run it again."
    "check_whether_it_ran_or_ask" CheckWhetherItRanOrAsk {}
        "Verificar na API de robôs se o robô rodou; depois consultar de novo ou executar novamente."
        "Look in the robots' API whether the robot ran; then ask it once more, or run it again."
    "robot_job_forgotten" RobotJobForgotten { job: String }
        "A API de robôs não conhece mais o trabalho {job}."
        "The robots' API does not know the job {job} any more."
    "robots_silent_about" RobotsSilentAbout { seconds: u64, job: String, error: Box<Reason> }
        "A API de robôs não responde há {seconds} s sobre o trabalho {job}: {error}"
        "The robots' API has not answered for {seconds} s about the job {job}: {error}"
    "robot_too_long" RobotTooLong { minutes: i32 }
        "O robô não terminou em {minutes} min; o cancelamento foi pedido à API."
        "The robot did not end within {minutes} min; the API was asked to cancel it."
    "robot_too_long_not_cancelled" RobotTooLongNotCancelled { minutes: i32, error: Box<Reason> }
        "O robô não terminou em {minutes} min; e pedir o cancelamento à API não deu certo: {error}"
        "The robot did not end within {minutes} min, and asking the API to cancel it did not work: {error}"
    "check_robot_then_run_again" CheckRobotThenRunAgain {}
        "Conferir o robô; depois executar novamente."
        "Check the robot; then run it again."
    "result_not_over" ResultNotOver {}
        "A API disse que o trabalho acabou, e o resultado, que ainda não."
        "The API said that the job is over, and the result, that it is not yet."
    "ended_with_unknown_word" EndedWithUnknownWord { word: String }
        "O robô terminou com status_final \"{word}\", que ninguém aqui conhece."
        "The robot ended with status_final \"{word}\", which nobody here knows."
    "result_without_final_status" ResultWithoutFinalStatus {}
        "O resultado deste processo veio sem status_final."
        "The result of this process came without status_final."
    "check_result_with_maintainer" CheckResultWithMaintainer {}
        "Conferir o resultado com quem mantém o robô; depois executar novamente."
        "Check the result with who maintains the robot; then run it again."
    "result_has_too_many_entries" ResultHasTooManyEntries { entries: usize, most: usize }
        "O resultado tem {entries} processos, e no máximo {most} são lidos de uma vez; nada dele foi aplicado nem guardado."
        "The result has {entries} processes, and at most {most} are read at once; nothing of it was applied or kept."
    "result_has_too_many_parts" ResultHasTooManyParts { parts: usize, most: usize }
        "A resposta com o resultado tem {parts} partes, e no máximo {most} são lidas; nada dela foi aplicado nem guardado."
        "The answer with the result has {parts} parts, and at most {most} are read; nothing of it was applied or kept."
    "check_result" CheckResult {}
        "Conferir o resultado da execução e executar novamente."
        "Check the result of the run and run it again."
    "robot_failed_silently" RobotFailedSilently {}
        "O robô falhou sem dizer o motivo."
        "The robot failed without saying why."
    "result_missing" ResultMissing {}
        "O robô terminou sem o resultado deste processo."
        "The robot ended without the result of this process."
    "result_of_others" ResultOfOthers {}
        "O robô terminou sem o resultado deste processo (os que vieram são de outros)."
        "The robot ended without the result of this process (those that came are of others)."

    // Runs that were cancelled
    "cancelled_before_start" CancelledBeforeStart {}
        "Cancelada antes de começar."
        "Cancelled before it began."
    "cancelled_start_unanswered" CancelledStartUnanswered {}
        "Cancelada aqui; o pedido de início ficou sem resposta, e o robô pode estar em execução lá."
        "Cancelled here; the request to start was not answered, and the robot may be running there."
    "cancelled_request_follows" CancelledRequestFollows {}
        "Cancelada aqui; o pedido de cancelamento segue para a API, e até ela atender o robô pode estar em execução."
        "Cancelled here; the request to cancel goes to the API, and until it answers the robot may be running."
    "cancelled_at_start" CancelledAtStart {}
        "Cancelada; o robô tinha acabado de começar, e a API aceitou o cancelamento."
        "Cancelled; the robot had just begun, and the API took the cancellation."
    "cancelled_in_api" CancelledInApi {}
        "Cancelada na API de robôs."
        "Cancelled in the robots' API."
    "cancelled_robot_stopped" CancelledRobotStopped { cause: Box<Reason> }
        "Cancelada; o robô parou com: {cause}"
        "Cancelled; the robot stopped with: {cause}"
    "cancelled_confirmed" CancelledConfirmed {}
        "Cancelada; a API confirmou."
        "Cancelled; the API confirmed it."
    "cancelled_job_forgotten" CancelledJobForgotten {}
        "Cancelada; a API não conhece mais o trabalho."
        "Cancelled; the API does not know the job any more."
    "cancelled_here" CancelledHere { why: Box<Reason> }
        "{why} Cancelada aqui; o robô pode ainda estar em execução lá."
        "{why} Cancelled here; the robot may still be running there."
    "cancel_refused" CancelRefused {}
        "A API não aceitou o cancelamento."
        "The API did not take the cancellation."
    "cancel_failed" CancelFailed { error: Box<Reason> }
        "O pedido de cancelamento à API não deu certo: {error}"
        "Asking the API to cancel did not work: {error}"
    "cancel_unanswered" CancelUnanswered {}
        "A API não respondeu ao pedido de cancelamento."
        "The API did not answer the request to cancel."
    "cancel_unconfirmed" CancelUnconfirmed {}
        "A API aceitou o cancelamento, mas não o confirmou a tempo."
        "The API took the cancellation, but did not confirm it in time."

    // Lines of a job's log, and of ours in a robot's
    "taking_up_job" TakingUpJob { job: String, endpoint: String }
        "retomando o trabalho {job} em {endpoint}"
        "taking up the job {job} at {endpoint}"
    "asking_to_begin" AskingToBegin { endpoint: String }
        "pedindo a {endpoint} que comece"
        "asking {endpoint} to begin"
    "cancel_asked" CancelAsked {}
        "o cancelamento foi pedido à API"
        "the API was asked to cancel"
    "cancel_not_asked" CancelNotAsked {}
        "o cancelamento não pôde ser pedido à API"
        "the API could not be asked to cancel"
    "job_begun" JobBegun { job: String }
        "a API começou o trabalho {job}"
        "the API began the job {job}"
    "answer_lost_repeating" AnswerLostRepeating { error: Box<Reason> }
        "a resposta se perdeu: {error} O mesmo pedido será repetido."
        "the answer was lost: {error} The same request will be repeated."
    "answer_lost" AnswerLost { error: Box<Reason> }
        "a resposta se perdeu: {error}"
        "the answer was lost: {error}"
    "rest_of_log_late" RestOfLogLate {}
        "o resto do log do robô não veio a tempo"
        "the rest of the robot's log did not come in time"
    "end_of_log_unread" EndOfLogUnread {}
        "o fim do log do robô não pôde ser lido a tempo: podem faltar linhas"
        "the end of the robot's log could not be read in time: lines may be missing"
    "log_too_long" LogTooLong { most_mib: usize }
        "o log do robô passa de {most_mib} MiB: o resto dele não é lido"
        "the robot's log is longer than {most_mib} MiB: the rest of it is not read"
    "log_has_too_many_lines" LogHasTooManyLines { most: usize }
        "a resposta com o log do robô tem mais de {most} linhas: o resto dele não é lido"
        "the answer with the robot's log has more than {most} lines: the rest of it is not read"
    "log_form_unknown" LogFormUnknown { kind: String }
        "o log do robô não pode ser lido: na resposta ({kind}) não se reconhecem linhas"
        "the robot's log cannot be read: no lines are recognised in the answer ({kind})"
    "log_lines_missing" LogLinesMissing { from: u64, to: u64 }
        "a API de robôs não entregou as linhas {from} a {to} do log"
        "the robots' API did not hand out the lines {from} to {to} of the log"
    "log_does_not_join" LogDoesNotJoin {}
        "o que a API de robôs entregou agora não continua o que já está no log: podem faltar linhas aqui"
        "what the robots' API handed out now does not go on from what is in the log: lines may be missing here"
    "robots_answer_again" RobotsAnswerAgain {}
        "a API de robôs voltou a responder"
        "the robots' API answers again"
    "robots_unknown_status" RobotsUnknownStatus { word: String }
        "A API informou o status \"{word}\", que ninguém aqui conhece."
        "The API gave the status \"{word}\", which nobody here knows."
    "robots_no_status" RobotsNoStatus {}
        "A API respondeu sem dizer o status do robô."
        "The API answered without the robot's status."
    "robots_status_known_again" RobotsStatusKnownAgain {}
        "A API voltou a informar um status conhecido."
        "The API gives a status that is known again."
    "robot_place_freed" RobotPlaceFreed {}
        "O robô deixou de contar no limite e continua a ser consultado, mais devagar."
        "The robot no longer counts under the limit, and is asked about on, more rarely."
    "robot_followed_on" RobotFollowedOn {}
        "Confira na API de robôs se ele terminou. A Esteira continua consultando e não cancela nada."
        "Check at the robots' API whether it is over. Esteira goes on asking and cancels nothing."
    "robot_never_clear" RobotNeverClear { minutes: i32, said: Box<Reason> }
        "Passaram {minutes} min e não se sabe se o robô terminou. {said} Nada foi cancelado na API."
        "{minutes} min have passed, and nobody knows whether the robot is over. {said} Nothing was cancelled at the API."
    "robots_misbehave" RobotsMisbehave { error: Box<Reason> }
        "a API de robôs não responde como devia: {error}"
        "the robots' API does not answer as it should: {error}"
    "asking_to_cancel" AskingToCancel {}
        "pedindo à API que cancele"
        "asking the API to cancel"

    // Why a date of a schedule does not run, or runs at another time
    "weekend" Weekend {}
        "fim de semana"
        "weekend"
    "holiday" Holiday { name: String }
        "feriado: {name}"
        "holiday: {name}"
    "blackout" Blackout { reason: String }
        "data bloqueada: {reason}"
        "blocked date: {reason}"
    "outside_window" OutsideWindow { start: String, end: String }
        "fora da janela de {start} a {end}"
        "outside of the window from {start} to {end}"
    "exception_skip" ExceptionSkip { reason: String }
        "exceção: {reason}"
        "exception: {reason}"
    "exception_reschedule" ExceptionReschedule { exception: String }
        "remarcado por exceção: {exception}"
        "rescheduled by an exception: {exception}"
    "short_month" ShortMonth { month: String }
        "{month} não tem o dia da regra"
        "{month} does not have the day of the rule"
    "dst_gap" DstGap { time: String }
        "o horário {time} não existe neste dia: o relógio é adiantado"
        "the time {time} does not exist on this day: the clock is put forward"
    "duplicate" Duplicate { kept: String, moved: Vec<Reason> }
        "coincide com a execução de {kept} ({moved})"
        "falls together with the run of {kept} ({moved})"
    "roll_next_business_day" RollNextBusinessDay { cause: Box<Reason> }
        "{cause}: adiado para o próximo dia útil"
        "{cause}: put off to the next business day"
    "roll_previous_business_day" RollPreviousBusinessDay { cause: Box<Reason> }
        "{cause}: antecipado para o dia útil anterior"
        "{cause}: brought forward to the previous business day"
    "jitter" Jitter { after: Milliseconds }
        "espalhado: {after} s mais tarde"
        "spread out: {after} s later"

    // What a person should know about a schedule
    "cron_either_day" CronEitherDay {}
        "o dia do mês e o dia da semana estão definidos: basta que um deles coincida"
        "day of the month and day of the week are both set: either of them is enough"
    "no_calendar" NoCalendar {}
        "os feriados devem ser pulados, mas nenhum calendário foi escolhido"
        "holidays are to be skipped, but no calendar was chosen"
    "exception_unmatched" ExceptionUnmatched { exception: String }
        "a exceção {exception} não coincide com nenhuma data da regra"
        "the exception {exception} matches no date of the rule"
    "reschedule_in_past" RescheduleInPast { exception: String, to: String }
        "a exceção {exception} remarca para {to}, que já passou"
        "the exception {exception} reschedules to {to}, which has passed"
    "roll_exhausted" RollExhausted { date: String }
        "a partir de {date} não há dia livre ao alcance: o que cai ali não executa"
        "there is no free day within reach of {date}: what falls there does not run"
    "never_fires" NeverFires {}
        "o agendamento nunca mais executa"
        "the schedule never runs again"

    // What became of a schedule and its runs
    "schedule_unreadable" ScheduleUnreadable { error: String }
        "a regra guardada não pode ser lida: {error}"
        "the stored rule cannot be read: {error}"
    "schedule_unplannable" ScheduleUnplannable {}
        "a regra não pôde ser calculada por um erro interno"
        "the rule could not be worked out because of an internal fault"
    "schedule_failed_in_row" ScheduleFailedInRow { failures: i32, cause: Box<Reason> }
        "{failures} falhas seguidas, a última: {cause}"
        "{failures} failures in a row, the last one: {cause}"
    "schedule_parameters_refused" ScheduleParametersRefused { error: String }
        "os parâmetros não são aceitos: {error}"
        "the parameters are not accepted: {error}"
    "correct_schedule_parameters" CorrectScheduleParameters {}
        "Corrigir os parâmetros do agendamento, ou a exceção que os muda, e executar novamente."
        "Correct the parameters of the schedule, or the exception that changes them, and run it again."
    "schedule_run_lost" ScheduleRunLost {}
        "a tarefa terminou sem dizer o que fez"
        "the job ended without saying what it did"
    "schedule_paused_subject" SchedulePausedSubject { name: String }
        "Esteira: o agendamento {name} foi pausado"
        "Esteira: the schedule {name} was paused"
    "schedule_paused_mail" SchedulePausedMail { name: String, cause: Box<Reason> }
        "O agendamento {name} foi pausado: {cause}.\n\nEle não executa mais até que alguém o retome. Em Agendamentos, corrija a causa e retome-o; o que deixou de executar aparece entre os perdidos e pode ser executado de lá."
        "The schedule {name} was paused: {cause}.\n\nIt does not run any more until somebody resumes it. Under Schedules, mend the cause and resume it; what did not run is listed among the missed ones and can be run from there."

    // What is wrong with a schedule
    "unknown_zone" UnknownZone { zone: String }
        "não existe o fuso horário \"{zone}\"; um exemplo é America/Sao_Paulo"
        "there is no time zone \"{zone}\"; an example is America/Sao_Paulo"
    "unknown_calendar" UnknownCalendar { name: String }
        "não existe o calendário \"{name}\""
        "there is no calendar \"{name}\""
    "window_empty" WindowEmpty {}
        "a janela não pode terminar no horário em que começa"
        "the window cannot end at the time at which it starts"
    "end_before_start" EndBeforeStart {}
        "o fim não pode vir antes do início"
        "the end cannot come before the start"
    "exceptions_overlap" ExceptionsOverlap { other: String }
        "vale para as mesmas datas que a exceção {other}"
        "holds for the same dates as the exception {other}"
    "one_kind_of_month_day" OneKindOfMonthDay {}
        "informe exatamente um: dia do mês, dia da semana no mês ou dia útil"
        "give exactly one: day of the month, weekday of the month, or business day"
    "must_not_be_empty" MustNotBeEmpty {}
        "não pode ficar vazio"
        "must not be empty"
    "at_most" AtMost { most: usize }
        "no máximo {most}"
        "at most {most}"
    "must_be_between" MustBeBetween { least: i64, most: i64 }
        "deve ficar entre {least} e {most}"
        "must be between {least} and {most}"
    "must_count" MustCount { most: i64 }
        "deve contar de 1 a {most} a partir do início, ou de -1 a -{most} a partir do fim"
        "must count from 1 to {most} from the start, or from -1 to -{most} from the end"

    // What is wrong with a cron expression
    "cron_too_long" CronTooLong { most: usize }
        "uma expressão cron tem no máximo {most} caracteres"
        "a cron expression has at most {most} characters"
    "cron_fields" CronFields { found: usize }
        "uma expressão cron tem 5 campos (minuto, hora, dia, mês, dia da semana), e não {found}; segundos não são aceitos"
        "a cron expression has 5 fields (minute, hour, day, month, day of the week), not {found}; seconds are not taken"
    "cron_refused" CronRefused { field: Box<Reason>, part: String, why: Box<Reason> }
        "{field}: \"{part}\" {why}"
        "{field}: \"{part}\" {why}"
    "cron_minute" CronMinute {}
        "minuto"
        "minute"
    "cron_hour" CronHour {}
        "hora"
        "hour"
    "cron_day" CronDay {}
        "dia do mês"
        "day of the month"
    "cron_month" CronMonth {}
        "mês"
        "month"
    "cron_weekday" CronWeekday {}
        "dia da semana"
        "day of the week"
    "cron_empty" CronEmpty {}
        "não tem valor"
        "has no value"
    "cron_not_a_number" CronNotANumber {}
        "não é um número nem um nome aceito neste campo"
        "is neither a number nor a name that this field takes"
    "cron_out_of_range" CronOutOfRange { least: i64, most: i64 }
        "não fica entre {least} e {most}"
        "is not between {least} and {most}"
    "cron_reversed" CronReversed {}
        "vai do maior para o menor"
        "goes from the greater to the lesser"
    "cron_step" CronStep { most: i64 }
        "tem um passo que não fica entre 1 e {most}"
        "has a step that is not between 1 and {most}"

    // What is wrong with a file of schedules
    "file_not_json" FileNotJson { line: usize, column: usize }
        "o arquivo não é JSON: há um erro na linha {line}, coluna {column}"
        "the file is not JSON: there is a fault in line {line}, column {column}"
    "file_not_a_list" FileNotAList {}
        "o arquivo não é uma lista de agendamentos"
        "the file is not a list of schedules"
    "file_version" FileVersion { version: String }
        "este programa não lê arquivos da versão {version}"
        "this program does not read files of version {version}"
    "file_rows" FileRows { most: usize }
        "o arquivo tem mais de {most} agendamentos"
        "the file has more than {most} schedules"
    "file_row" FileRow { error: String }
        "não tem a forma esperada: {error}"
        "does not have the expected form: {error}"
    "file_name_twice" FileNameTwice { line: i64 }
        "tem o mesmo nome que a linha {line}"
        "has the same name as line {line}"
    "file_calendar_built_in" FileCalendarBuiltIn { name: String }
        "o calendário \"{name}\" é do próprio programa"
        "the calendar \"{name}\" is the program's own"
    "field_problem" FieldProblem { field: String, why: Box<Reason> }
        "{field}: {why}"
        "{field}: {why}"
    "field_missing" FieldMissing { field: String }
        "falta o campo {field}"
        "the field {field} is missing"
    "not_known" NotKnown {}
        "não é conhecido"
        "is not known"
    "not_taken" NotTaken {}
        "não é aceito"
        "is not taken"
    "kind_unknown" KindUnknown { kind: String }
        "não existe o tipo de tarefa \"{kind}\""
        "there is no kind of task \"{kind}\""
    "kind_not_named" KindNotNamed {}
        "o comando não nomeia um tipo de tarefa, e nenhum foi escolhido para o arquivo"
        "the command names no kind of task, and none was chosen for the file"
    "kind_stays" KindStays { kind: String }
        "já existe um agendamento com este nome, do tipo {kind}"
        "there is a schedule of this name already, of the kind {kind}"
    "crontab_no_command" CrontabNoCommand {}
        "falta o comando depois dos cinco campos"
        "the command after the five fields is missing"
    "crontab_seconds" CrontabSeconds {}
        "há seis campos antes do comando: segundos não são aceitos"
        "there are six fields before the command: seconds are not taken"
    "crontab_macro" CrontabMacro { name: String }
        "{name} não tem equivalente aqui"
        "{name} has no equivalent here"
    "crontab_setting" CrontabSetting { name: String }
        "{name} não tem efeito aqui e foi ignorado"
        "{name} has no effect here and was left out"
    "crontab_input" CrontabInput {}
        "o que vem depois de % era a entrada do comando e foi ignorado"
        "what follows % was the command's input and was left out"

    // Files of calendars
    "row_unreadable" RowUnreadable {}
        "a linha não pode ser lida; talvez falte fechar aspas"
        "the line cannot be read; a quotation mark may be missing"
    "rows_too_many" RowsTooMany { most: usize }
        "o arquivo tem mais de {most} linhas ou eventos; o resto não foi lido"
        "the file has more than {most} lines or events; the rest was not read"
    "days_too_many" DaysTooMany { most: usize }
        "um calendário tem no máximo {most} dias; o resto não foi lido"
        "a calendar has at most {most} days; the rest was not read"
    "day_date_unreadable" DayDateUnreadable { text: String }
        "{text} não é uma data; escreva 24/06/2026, 2026-06-24 ou, para todo ano, 24/06"
        "{text} is not a date; write 24/06/2026, 2026-06-24 or, for each year, 24/06"
    "day_year_out_of_range" DayYearOutOfRange { first: i32, last: i32 }
        "o ano não fica entre {first} e {last}"
        "the year is not between {first} and {last}"
    "day_name_missing" DayNameMissing {}
        "falta o nome do feriado"
        "the name of the holiday is missing"
    "day_name_too_long" DayNameTooLong { most: usize }
        "o nome tem mais de {most} caracteres"
        "the name has more than {most} characters"
    "day_kind_unknown" DayKindUnknown { text: String }
        "{text} não é um tipo de feriado; use nacional, facultativo ou local"
        "{text} is not a kind of holiday; use national, optional or local"
    "day_yearly_unreadable" DayYearlyUnreadable { text: String }
        "{text} não diz se o dia se repete; use sim ou não"
        "{text} does not say whether the day comes again; use yes or no"
    "day_repeated" DayRepeated { line: usize }
        "a linha {line} já traz este dia, com outro nome ou tipo"
        "line {line} has this day already, with another name or kind"
    "no_calendar_file" NoCalendarFile {}
        "o arquivo não é um calendário iCalendar: falta BEGIN:VCALENDAR"
        "the file is no iCalendar: BEGIN:VCALENDAR is missing"
    "event_unfinished" EventUnfinished {}
        "o evento não tem fim; o arquivo pode estar cortado"
        "the event has no end; the file may have been cut"
    "event_without_date" EventWithoutDate {}
        "o evento não tem data"
        "the event has no date"
    "event_observance" EventObservance {}
        "é uma data comemorativa, não um feriado"
        "it is an observance, not a holiday"
    "event_rule_unsupported" EventRuleUnsupported { rule: String }
        "a repetição {rule} não é a mesma data de cada ano; inclua os dias um a um"
        "the repetition {rule} is not the same date of each year; add its days one by one"
    "event_ends_first" EventEndsFirst {}
        "o evento termina antes de começar"
        "the event ends before it begins"
    "event_part_of_day" EventPartOfDay {}
        "o evento não ocupa o dia inteiro"
        "the event does not take the whole day"
    "event_too_long" EventTooLong { days: i64, most: i64 }
        "o evento dura {days} dias; o máximo é {most}"
        "the event lasts {days} days; {most} are the most"

    // Holidays compared with what a service outside says
    "holidays_silent" HolidaysSilent { seconds: u64 }
        "o serviço de feriados não respondeu em {seconds} s"
        "the service of holidays did not answer within {seconds} s"
    "holidays_unreachable" HolidaysUnreachable {}
        "sem conexão com o serviço de feriados"
        "no connection to the service of holidays"
    "holidays_address_refused" HolidaysAddressRefused {}
        "o endereço em ESTEIRA_HOLIDAYS_URL não é aceito; endereços privados precisam de ESTEIRA_OUTBOUND_ALLOW_PRIVATE=true"
        "the address in ESTEIRA_HOLIDAYS_URL is not taken; private ones need ESTEIRA_OUTBOUND_ALLOW_PRIVATE=true"
    "holidays_answered" HolidaysAnswered { status: String }
        "o serviço de feriados respondeu {status}"
        "the service of holidays answered {status}"
    "holidays_unreadable" HolidaysUnreadable {}
        "a resposta do serviço de feriados não é uma lista de feriados desse ano"
        "the answer of the service of holidays is no list of that year's holidays"
    "holidays_differ_subject" HolidaysDifferSubject { year: i32 }
        "Esteira: conferir os feriados de {year}"
        "Esteira: check the holidays of {year}"
    "holidays_differ_mail" HolidaysDifferMail { year: i32, unknown: String, missing: String }
        "Os feriados nacionais de {year} foram comparados com o serviço de feriados, e há diferenças.\n\nSó no serviço: {unknown}\nSó na Esteira: {missing}\n\nNada foi mudado. Confira o que a lei diz e, se for o caso, inclua os dias em um calendário próprio, em Cadastros → Calendários."
        "The national holidays of {year} were compared with the service of holidays, and they differ.\n\nOnly in the service: {unknown}\nOnly in Esteira: {missing}\n\nNothing was changed. Look up what the law says and, where need be, add the days to a calendar of your own, under Registry → Calendars."

    // Backups
    "backup_reading" BackupReading { table: String }
        "lendo a tabela {table}"
        "reading the table {table}"
    "backup_documents" BackupDocuments { done: u64, total: u64 }
        "copiando documentos: {done} de {total}"
        "copying documents: {done} of {total}"
    "backup_proving" BackupProving {}
        "restaurando num banco de teste e comparando cada linha"
        "restoring it into a scratch database and comparing every row"
    "backup_encrypting" BackupEncrypting {}
        "criptografando"
        "encrypting"
    "backup_storing" BackupStoring { target: String }
        "gravando em {target} e lendo de volta"
        "writing it to {target} and reading it back"
    "backups_removed" BackupsRemoved { count: usize }
        "cópias antigas removidas: {count}"
        "old backups removed: {count}"
    "backup_documents_missing" BackupDocumentsMissing { count: u64 }
        "documentos que o armazenamento não tem como foram recebidos, e que por isso ficaram fora da cópia: {count}"
        "documents that the store does not hold as they were received, and that are therefore not in the backup: {count}"
    "backup_damaged" BackupDamaged { what: String }
        "a cópia está danificada: {what}"
        "the backup is damaged: {what}"
    "backup_rows_differ" BackupRowsDiffer { table: String, expected: u64, found: u64 }
        "depois de restaurada, a tabela {table} tem {found} linhas em vez de {expected}"
        "after the restore the table {table} has {found} rows instead of {expected}"
    "backup_contents_differ" BackupContentsDiffer { table: String }
        "depois de restaurada, há linhas da tabela {table} com outro conteúdo"
        "after the restore rows of the table {table} have other contents"
    "backup_unproven" BackupUnproven { why: Box<Reason> }
        "a restauração de prova não deu certo: {why}"
        "the restore that should prove it did not succeed: {why}"
    "look_at_unproven_backup" LookAtUnprovenBackup { name: String }
        "O arquivo ficou guardado como {name} para análise. Fazer outra cópia; se falhar de novo, conferir o disco e a memória da máquina."
        "The file is kept as {name} to be looked at. Make another backup; if that fails too, check the machine's disk and memory."
    "backup_target_failed" BackupTargetFailed { target: String, why: String }
        "não foi possível gravar a cópia em {target}: {why}"
        "the backup could not be written to {target}: {why}"
    "backup_target_full" BackupTargetFull { target: String }
        "não há mais espaço em {target}"
        "there is no room left in {target}"
    "backup_no_room" BackupNoRoom {}
        "não há espaço na pasta de dados para preparar a cópia"
        "there is no room in the data folder to prepare the backup"
    "make_room_for_backup" MakeRoomForBackup {}
        "Liberar espaço ou guardar menos cópias, e fazer a cópia de novo."
        "Make room or keep fewer backups, then make the backup again."
    "backup_stored_differs" BackupStoredDiffers { target: String }
        "o que se lê de volta em {target} não é o que foi gravado; o arquivo foi removido de lá"
        "what is read back from {target} is not what was written; the file was removed there"
    "backup_interrupted" BackupInterrupted {}
        "o servidor parou antes do fim da cópia"
        "the server stopped before the end of the backup"
    "backup_not_theirs" BackupNotTheirs {}
        "cópias de segurança contêm todas as organizações desta instalação; só a primeira pode fazê-las"
        "backups hold every organisation of this installation; only the first one may make them"
    "backup_no_recipient" BackupNoRecipient {}
        "ninguém poderia abrir a cópia criptografada: nenhuma chave pública está configurada"
        "nobody could open the encrypted backup: no public key is set"
    "set_backup_recipient" SetBackupRecipient {}
        "Configurar ESTEIRA_BACKUP_RECIPIENT no servidor, ou fazer a cópia sem criptografia."
        "Set ESTEIRA_BACKUP_RECIPIENT on the server, or make the backup without encryption."
}
